using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Approval;

namespace ToolGuardrails.Tests.Approval;

public sealed class ApprovalTextProperties
{
    [Fact]
    public void Any_text_in_any_place_is_shown_safely_and_reads_back_exactly() => Check(AnyText.Of, 500, static text =>
    {
        var arguments = new Dictionary<string, object?> { ["value"] = text, ["n" + text] = new[] { text } };
        string rendered = new SampleRequest { ArgumentsJson = ToolArguments.FromDictionary(arguments).ToCanonicalJson(), Why = [text] }.Build().ToText();
        Dictionary<string, (string Measure, string Json)> shown = ShownArguments.Read(rendered);
        return !UnsafeText.Has(rendered)
            && shown.Count == 2
            && JsonDocument.Parse(shown["value"].Json).RootElement.GetString() == text
            && JsonDocument.Parse(shown["n" + text].Json).RootElement[0].GetString() == text;
    });

    [Fact]
    public void Shown_plain_text_reads_back_as_one_text_only() =>
        Check(AnyText.Of, 2_000, static text => Decode(VisibleLine.Escape(text)) == text);

    [Fact]
    public void The_differences_are_exactly_the_members_that_differ()
    {
        Gen<Dictionary<string, string>> calls = Gen.Zip(Gen.Elements("a", "A b", "é", "\u202e", "\"", "(added)"), Gen.Elements("1", "1.0", "\"1\"", "null", "[1]", "\"\\u202e\"", "{\"secret\":1}", "{\"secret\":2}"))
            .ListOf().Select(static members => members.DistinctBy(static m => m.Item1).ToDictionary(static m => m.Item1, static m => m.Item2, StringComparer.Ordinal));
        Check(Gen.Zip(calls, calls), 1_000, static pair => IsExact(before: pair.Item1, now: pair.Item2));
    }

    private static bool IsExact(Dictionary<string, string> before, Dictionary<string, string> now)
    {
        ApprovalRequest request = new SampleRequest { ArgumentsJson = Json(now), LastJson = Json(before), Hidden = [["a", "secret"], ["é"]] }.Build();
        var expected = now.Keys.Union(before.Keys).Where(k => now.GetValueOrDefault(k) != before.GetValueOrDefault(k))
            .ToDictionary(static k => k, k => !before.ContainsKey(k) ? "added" : !now.ContainsKey(k) ? "removed" : "changed", StringComparer.Ordinal);
        Dictionary<string, (string Word, string Json)> shown = ShownDifferences.Read(request);
        int unchanged = now.Count(m => before.GetValueOrDefault(m.Key) == m.Value);
        string counts = request.ToLines().Single(static l => l.Label == "Differences").Text;
        return expected.Count == shown.Count && expected.All(e => shown[e.Key].Word == e.Value)
            && counts == string.Create(CultureInfo.InvariantCulture, $"{Times("changed")} changed, {Times("added")} added, {Times("removed")} removed, {unchanged} unchanged");

        int Times(string word) => expected.Values.Count(w => w == word);
    }

    private static string Json(Dictionary<string, string> members) =>
        $"{{{string.Join(',', members.Select(static m => $"{JsonSerializer.Serialize(m.Key)}:{m.Value}"))}}}";

    private static void Check<T>(Gen<T> values, int times, Func<T, bool> holds) =>
        Prop.ForAll(values.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(new Replay(new Rnd(20260105), FSharpOption<int>.None)));

    private static string Decode(string shown)
    {
        var text = new StringBuilder();
        for (int at = 0; at < shown.Length; at++)
        {
            if (shown[at] != '\\')
            {
                text.Append(shown[at]);
                continue;
            }

            int close = shown.IndexOf('}', at);
            string[] parts = shown[(at + 3)..close].Split('*');
            int times = parts.Length == 1 ? 1 : int.Parse(parts[1], CultureInfo.InvariantCulture);
            text.Insert(text.Length, new Rune(int.Parse(parts[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(), times);
            at = close;
        }

        return text.ToString();
    }
}
