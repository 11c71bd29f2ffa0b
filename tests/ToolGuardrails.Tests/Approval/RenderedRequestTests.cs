using System.Text;

namespace ToolGuardrails.Tests.Approval;

/// <summary>What approvers are shown is frozen, byte by byte: a change of it is one that somebody has read and accepted.</summary>
public sealed class RenderedRequestTests
{
    private const string Accept = "TOOLGUARDRAILS_ACCEPT_RENDERED";
    private static readonly string Folder = Repository.Path("tests", "ToolGuardrails.Tests", "Approval", "Rendered");

    // So that nobody has to read a megabyte: each of these stands in the files as the words behind it, and in nothing else.
    private static readonly (string Run, string Words)[] Runs =
    [
        (new string('a', RenderedRequests.Long), "<a, 1048576 times>"),
        (string.Concat(Enumerable.Repeat("\\u0020", RenderedRequests.Wide)), "<an escaped space, 10000 times>"),
    ];

    public static TheoryData<string> Names => [.. RenderedRequests.All.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_request_is_shown_as_it_was_frozen(string name)
    {
        string now = RenderedRequests.All[name].Build().ToText();
        string file = Path.Combine(Folder, name + ".txt");
        if (Environment.GetEnvironmentVariable(Accept) == "1")
        {
            File.WriteAllBytes(file, Encoding.UTF8.GetBytes(Runs.Aggregate(now, static (text, r) => text.Replace(r.Run, r.Words, StringComparison.Ordinal))));
        }

        byte[] frozen = File.Exists(file) ? File.ReadAllBytes(file) : [];
        string expected = Runs.Aggregate(Encoding.UTF8.GetString(frozen), static (text, r) => text.Replace(r.Words, r.Run, StringComparison.Ordinal));
        Assert.True(
            Encoding.UTF8.GetBytes(expected).AsSpan().SequenceEqual(Encoding.UTF8.GetBytes(now)),
            $"'{name}' is shown in another way than it was. Read the difference; to accept it, run the tests once with {Accept}=1 and commit the file.\n{Difference(expected, now)}");
    }

    [Fact]
    public void Nothing_is_frozen_that_no_request_is_shown_as() =>
        Assert.Equal(RenderedRequests.All.Keys.Order(StringComparer.Ordinal), Directory.EnumerateFiles(Folder, "*.txt").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_that_is_frozen_hides_or_reorders() =>
        Assert.All(RenderedRequests.All.Values, static r => Assert.False(UnsafeText.Has(r.Build().ToText())));

    private static string Difference(string before, string after)
    {
        string[] old = before.Split('\n'), now = after.Split('\n');
        return string.Join('\n', old.Except(now).Select(static l => "- " + Short(l)).Concat(now.Except(old).Select(static l => "+ " + Short(l))));
    }

    private static string Short(string line) => line.Length <= 500 ? line : line[..500] + "...";
}
