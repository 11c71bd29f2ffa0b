using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ToolGuardrails.Tests.Approval;

/// <summary>Texts that a model or a host might write.</summary>
internal static class AnyText
{
    // Half of the code points come from the ranges that matter, half from anywhere.
    public static readonly Gen<string> Of = Gen.OneOf(
            Gen.Elements(UnsafeText.Corpus),
            Gen.Choose(0, 0x2FF).Select(static v => Character(v)),
            Gen.Choose(0x2000, 0x206F).Select(static v => Character(v)),
            Gen.Choose(0, 0x10FFFF).Select(static v => Character(v)),
            Gen.Choose(0, 12).Select(static n => new string(' ', n)))
        .ListOf().Select(static parts => string.Concat(parts));

    private static string Character(int value) => Rune.IsValid(value) ? new Rune(value).ToString() : "\uFFFD";
}
