namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>Code that README.md and the pages in docs quote from a sample is code that the sample compiles.</summary>
public sealed class ReadmeTests
{
    private const string From = "// from: ";

    [Theory]
    [InlineData("dotnet run -c Release --project samples/SupportDesk")]
    [InlineData("dotnet test -c Release")]
    public void The_readme_holds_the_two_commands(string command) =>
        Assert.Contains(command, Repository.ReadText("README.md"), StringComparison.Ordinal);

    [Fact]
    public void The_readme_shows_code_of_a_sample() =>
        Assert.NotEmpty(Quotes(Repository.ReadText("README.md")));

    [Fact]
    public void Code_that_a_page_quotes_is_the_code_of_the_file_that_it_names()
    {
        string[] pages = ["README.md", .. Directory.GetFiles(Repository.Path("docs"), "*.md").Select(static f => $"docs/{Path.GetFileName(f)}")];
        foreach ((string page, string path, string[] quoted) in pages.SelectMany(static page => Quotes(Repository.ReadText(page)).Select(q => (page, q.Path, q.Lines))))
        {
            Assert.True(File.Exists(Repository.Path(path)), $"{page} quotes '{path}', which does not exist.");
            string[][] regions = [.. Regions(Repository.ReadText(path))];
            Assert.True(regions.Length > 0, $"{page} quotes '{path}', which has no region between '// <readme>' and '// </readme>'.");
            if (!regions.Any(r => r.SequenceEqual(quoted, StringComparer.Ordinal)))
            {
                Assert.Fail($"{page} quotes '{path}', and the two differ. The file says:\n{string.Join('\n', regions[0])}\n\n{page} says:\n{string.Join('\n', quoted)}");
            }
        }
    }

    [Fact]
    public void A_quote_is_found_and_compared_without_its_common_indentation()
    {
        (string path, string[] quoted) = Assert.Single(Quotes("text\n```csharp\n// from: a/B.cs\nif (x)\n{\n    y();\n}\n```\n```csharp\nfree();\n```\n"));
        Assert.Equal("a/B.cs", path);
        Assert.Equal(quoted, Assert.Single(Regions("using Z;\n        // <readme>\n        if (x)\n        {\n            y();\n        }\n        // </readme>\n")));
        Assert.NotEqual(quoted, Assert.Single(Regions("// <readme>\nif (x)\n{\n    z();\n}\n// </readme>\n")));
    }

    private static IEnumerable<(string Path, string[] Lines)> Quotes(string markdown) =>
        from block in Between(markdown, static l => l.Trim() == "```csharp", static l => l.Trim() == "```")
        where block.Length > 0 && block[0].Trim().StartsWith(From, StringComparison.Ordinal)
        select (block[0].Trim()[From.Length..].Trim(), Outdent(block[1..]));

    private static IEnumerable<string[]> Regions(string code) =>
        Between(code, static l => l.Trim() == "// <readme>", static l => l.Trim() == "// </readme>").Select(Outdent);

    private static IEnumerable<string[]> Between(string text, Predicate<string> opens, Predicate<string> closes)
    {
        List<string>? block = null;
        foreach (string line in text.Split('\n'))
        {
            if (block is null)
            {
                block = opens(line) ? [] : null;
            }
            else if (closes(line))
            {
                yield return [.. block];
                block = null;
            }
            else
            {
                block.Add(line.TrimEnd());
            }
        }
    }

    private static string[] Outdent(string[] lines)
    {
        int indent = lines.Where(static l => l.Length > 0).Select(static l => l.Length - l.TrimStart(' ').Length).DefaultIfEmpty().Min();
        return [.. lines.Select(l => l.Length == 0 ? l : l[indent..])];
    }
}
