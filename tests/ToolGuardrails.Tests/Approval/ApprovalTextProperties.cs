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
    // Half of the code points come from the ranges that matter, half from anywhere.
    private static readonly Gen<string> AnyText = Gen.OneOf(
            Gen.Elements(UnsafeText.Corpus),
            Gen.Choose(0, 0x2FF).Select(static v => Of(v)),
            Gen.Choose(0x2000, 0x206F).Select(static v => Of(v)),
            Gen.Choose(0, 0x10FFFF).Select(static v => Of(v)),
            Gen.Choose(0, 12).Select(static n => new string(' ', n)))
        .ListOf().Select(static parts => string.Concat(parts));

    [Fact]
    public void Any_text_in_any_place_is_shown_safely_and_reads_back_exactly() => Check(AnyText, 500, static text =>
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
        Check(AnyText, 2_000, static text => Decode(VisibleLine.Escape(text)) == text);

    private static void Check(Gen<string> texts, int times, Func<string, bool> holds) =>
        Prop.ForAll(texts.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(times).WithReplay(new Replay(new Rnd(20260105), FSharpOption<int>.None)));

    private static string Of(int value) => Rune.IsValid(value) ? new Rune(value).ToString() : "\uFFFD";

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
