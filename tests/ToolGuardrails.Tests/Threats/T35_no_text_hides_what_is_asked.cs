using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Tests.Approval;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T35: whatever a model or a host writes, and wherever, an approver reads every line that is there, whole, in order and as ours or theirs.</summary>
public sealed class T35_no_text_hides_what_is_asked
{
    private static readonly string[] Forged = ["\nTier: low\nGate: none\r\nShort digest: 00000000", "\u2028To approve: nothing\u0085", "  - role:sre", ": ", "): 1", "(added)", " -> "];

    [Fact]
    public void No_text_in_any_place_adds_takes_or_moves_a_line()
    {
        string[] calls = Outline(HostileRequest.Everywhere("plain").Build());
        string[] elevations = Outline(HostileRequest.Elevation("plain").Build());
        foreach (string nasty in UnsafeText.Corpus.Concat(Forged).Concat(HostileText.Corpus.Where(static t => t.Length > 0)))
        {
            Assert.Equal(calls, Outline(HostileRequest.Everywhere(nasty).Build()));
            Assert.Equal(elevations, Outline(HostileRequest.Elevation(nasty).Build()));
        }
    }

    [Fact]
    public void No_line_has_a_code_point_that_hides_or_reorders() => Check(150, static text =>
    {
        ApprovalLine[] lines = [.. HostileRequest.Everywhere(text).Build().ToLines(), .. HostileRequest.Elevation(text).Build().ToLines()];
        return Array.TrueForAll(lines, static l => IsSafe(l.Label ?? "") && IsSafe(l.Text) && IsSafe(l.ToString()));
    });

    [Fact]
    public void Every_argument_and_every_difference_reads_back_exactly() => Check(150, static text =>
    {
        ApprovalRequest request = HostileRequest.Everywhere(text).Build();
        Dictionary<string, (string Measure, string Json)> arguments = ShownArguments.Read(request.ToText());
        Dictionary<string, (string Word, string Json)> differences = ShownDifferences.Read(request);
        return Text(arguments["value"].Json) == text
            && JsonDocument.Parse(arguments["x" + text].Json).RootElement.EnumerateObject().Single().Name == text
            && differences["value"].Word == "changed" && IsChange(differences["value"].Json, text + ".", text)
            && differences["x" + text].Word == "added"
            && differences["gone" + text].Word == "removed" && Text(differences["gone" + text].Json) == text
            && differences.Count == 3;
    });

    [Fact]
    public void A_megabyte_is_shown_whole_with_its_length()
    {
        string value = new string('a', 500_000) + "!" + new string('a', 548_575);
        Dictionary<string, (string Measure, string Json)> shown = ShownArguments.Read(new SampleRequest { ArgumentsJson = $$"""{"note":"{{value}}"}""" }.Build().ToText());

        Assert.Equal(("string, 1048576 characters", $"\"{value}\""), shown["note"]);
    }

    private static string[] Outline(ApprovalRequest request) =>
    [
        .. request.ToLines().Select(static l => $"{l.Section} {l.Level} {(l.Level == 0 || l.Section == ApprovalSection.Elevation ? l.Label : l.Label is null ? "entry" : "member")}"),
    ];

    private static bool IsSafe(string text) => !text.Contains('\n', StringComparison.Ordinal) && !UnsafeText.Has(text);

    private static string? Text(string json) => JsonDocument.Parse(json).RootElement.GetString();

    // Two JSON texts with the arrow between them: read from the front, so that an arrow within the first is no end of it.
    private static bool IsChange(string shown, string before, string now)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(shown);
        var reader = new Utf8JsonReader(utf8, isFinalBlock: false, state: default);
        reader.Read();
        string rest = Encoding.UTF8.GetString(utf8.AsSpan((int)reader.BytesConsumed));
        return reader.GetString() == before && rest.StartsWith(" -> ", StringComparison.Ordinal) && Text(rest[4..]) == now;
    }

    private static void Check(int times, Func<string, bool> holds) =>
        Prop.ForAll(AnyText.Of.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(new Replay(new Rnd(20260107), FSharpOption<int>.None)));
}
