namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>The public surface is a text that somebody approved.</summary>
public sealed class PublicApiTests
{
    private const string Accept = "TOOLGUARDRAILS_ACCEPT_API";

    [Fact]
    public void The_public_surface_is_the_approved_one()
    {
        string file = Repository.Path("tests", "ToolGuardrails.Tests", "Repository", "public-api.txt");
        string now = PublicApiText.Of(typeof(Verdict).Assembly.GetExportedTypes());
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllText(file, now);
        }

        string approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (approved != now)
        {
            Assert.Fail($"The public surface changed. To accept it, run the tests once with {Accept}=1 and commit public-api.txt.\n{Difference(approved, now)}");
        }
    }

    [Fact]
    public void The_text_shows_what_a_caller_can_see_and_nothing_else()
    {
        string text = PublicApiText.Of([typeof(Sample<>), typeof(Colour)]);
        Assert.Equal(
            """
            public enum ToolGuardrails.Tests.RepositoryRules.PublicApiTests.Colour : byte
                Red = 0
                Blue = 1
            public abstract class ToolGuardrails.Tests.RepositoryRules.PublicApiTests.Sample<T> : IDisposable where T : class
                Sample()
                abstract Task<T> RunAsync(T[] input, PublicApiTests.Colour colour = Blue, int? most = null)
                bool Try(string text, out T value)
                const string Code = "a.b"
                required string Name { get; init; }
                static TOther Make<TOther>(ref readonly Guid id, params string[] names) where TOther : struct
                virtual void Dispose()

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void A_difference_names_the_members_that_came_and_went() =>
        Assert.Equal(
            "- public enum B : byte: X = 0\n+ public enum B : byte: Y = 0",
            Difference("public enum A : byte\n    X = 0\npublic enum B : byte\n    X = 0\n", "public enum A : byte\n    X = 0\npublic enum B : byte\n    Y = 0\n"));

    private static string Difference(string approved, string now)
    {
        string[] before = [.. WithOwner(approved)], after = [.. WithOwner(now)];
        return string.Join('\n', before.Except(after).Select(static l => "- " + l).Concat(after.Except(before).Select(static l => "+ " + l)));
    }

    private static IEnumerable<string> WithOwner(string text)
    {
        string owner = "";
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            bool isMember = line.StartsWith(' ');
            owner = isMember ? owner : line;
            yield return isMember ? $"{owner}: {line.TrimStart()}" : line;
        }
    }

    internal enum Colour : byte
    {
        Red,
        Blue,
    }

    internal abstract class Sample<T> : IDisposable
        where T : class
    {
        public const string Code = "a.b";

        public required string Name { get; init; }

        internal int Hidden { get; set; }

        public static TOther Make<TOther>(ref readonly Guid id, params string[] names)
            where TOther : struct => names.Length > id.Variant ? default : default(TOther);

        public abstract Task<T> RunAsync(T[] input, Colour colour = Colour.Blue, int? most = null);

        public bool Try(string text, out T? value) => (value = (text + Name) as T) is not null;

        public virtual void Dispose() => GC.SuppressFinalize(this);
    }
}
