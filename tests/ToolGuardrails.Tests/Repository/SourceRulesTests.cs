namespace ToolGuardrails.Tests.RepositoryRules;

public sealed class SourceRulesTests
{
    private const int MostLines = 300;
    private const int MostPragmas = 10;

    // Nothing ambient decides (law 8), nothing waits for a clock that a test can't move, and no acknowledgement rests on a flush that swallows errors.
    private static readonly string[] Forbidden =
    [
        "Regex", "DateTime.Now", "DateTime.UtcNow", "DateTimeOffset.Now", "DateTimeOffset.UtcNow", "CultureInfo.CurrentCulture", "CultureInfo.CurrentUICulture",
        "ToLower()", "ToUpper()", "Thread.Sleep", "Task.Delay", "FlushToDisk", "Flush(true)", "Flush(flushToDisk: true)",
    ];

    private static readonly IReadOnlyList<SourceFile> Sources = SourceFile.Of("src");

    [Fact]
    public void No_source_uses_what_law_8_forbids() => Violations.None(Sources.SelectMany(Ambient));

    [Fact]
    public void A_planted_forbidden_call_is_found()
    {
        foreach (string token in Forbidden)
        {
            Assert.Single(Ambient(new SourceFile("X.cs", $"var a = b.{token}; // {token}\n")));
        }
    }

    [Fact]
    public void Names_that_only_begin_like_a_forbidden_one_pass() =>
        Assert.Empty(Ambient(new SourceFile("X.cs", "DateTime.NowOrNever(); MyRegex(); \"Regex\".ToLowerInvariant(); Task.DelayX(); // Regex")));

    [Fact]
    public void No_file_is_longer_than_300_lines() =>
        Violations.None(new[] { "src", "tests", "samples", "benchmarks" }.Where(static f => Directory.Exists(Repository.Path(f))).SelectMany(static f => SourceFile.Of(f)).SelectMany(TooLong));

    [Fact]
    public void A_planted_long_file_is_found()
    {
        Assert.Empty(TooLong(new SourceFile("X.cs", string.Concat(Enumerable.Repeat("a;\n", MostLines)))));
        Assert.Single(TooLong(new SourceFile("X.cs", string.Concat(Enumerable.Repeat("a;\n", MostLines + 1)))));
    }

    [Fact]
    public void The_sources_switch_off_at_most_10_warnings_in_place() => Assert.InRange(Pragmas(Sources), 0, MostPragmas);

    [Fact]
    public void Planted_pragmas_are_counted() =>
        Assert.Equal(2, Pragmas([new SourceFile("X.cs", "#pragma warning disable A\n// #pragma\n  #pragma warning disable B // why\n#pragma warning restore A\n")]));

    private static IEnumerable<string> Ambient(SourceFile file) =>
        from token in Forbidden
        where Occurs(file.Code, token)
        select $"{file.Path} uses {token}.";

    private static IEnumerable<string> TooLong(SourceFile file) =>
        file.Lines > MostLines ? [$"{file.Path} has {file.Lines} lines; the most is {MostLines}."] : [];

    private static int Pragmas(IEnumerable<SourceFile> files) =>
        files.Sum(static f => f.Code.Split('\n').Count(static l => l.TrimStart().StartsWith("#pragma warning disable", StringComparison.Ordinal)));

    private static bool Occurs(string code, string token)
    {
        for (int i = code.IndexOf(token, StringComparison.Ordinal); i >= 0; i = code.IndexOf(token, i + 1, StringComparison.Ordinal))
        {
            int end = i + token.Length;
            bool begins = i == 0 || !IsPart(code[i - 1]);
            bool ends = end == code.Length || token[^1] == ')' || !IsPart(code[end]);
            if (begins && ends)
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsPart(char c) => char.IsLetterOrDigit(c) || c == '_';
}
