using System.Buffers;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>One member of the arguments as an approver is shown it.</summary>
/// <param name="Name">The name, safe to look at. No two names are shown alike.</param>
/// <param name="Canonical">The exact value.</param>
/// <param name="Hidden">What of the value is hidden; null where nothing is.</param>
internal sealed record ShownMember(string Name, ReadOnlyMemory<byte> Canonical, FieldTree? Hidden)
{
    /// <summary>The members of an object, in its order.</summary>
    /// <param name="canonical">The object in canonical form.</param>
    /// <param name="hidden">What of it is hidden. Names never are.</param>
    public static List<ShownMember> Of(ReadOnlyMemory<byte> canonical, FieldTree hidden)
    {
        var members = new List<ShownMember>();
        var reader = new Utf8JsonReader(canonical.Span, new JsonReaderOptions { MaxDepth = RedactedJson.MostDepth });
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString()!;
            string shown = ShownName(name, canonical.Span.Slice((int)reader.TokenStartIndex, reader.ValueSpan.Length + 2));
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            reader.Skip();
            FieldTree? below = hidden.IsWhole ? hidden : hidden.Find(Encoding.UTF8.GetBytes(name));
            members.Add(new ShownMember(shown, canonical[start..(int)reader.BytesConsumed], below));
        }

        return members;
    }

    /// <summary>Kind and length of the value, hidden or not.</summary>
    public string InWords => Measure.Of(new HiddenValue(pointer: default, Canonical.Span));

    /// <summary>The value whole, safe to look at, with words in the place of what is hidden.</summary>
    public string Value => VisibleJson.Escape(Encoding.UTF8.GetString(Hidden is null ? Canonical.Span : Masked(Hidden)));

    // A name that isn't a plain word stands in quotes: "amount (number): 1" as a name would otherwise pass for a line of ours.
    private static string ShownName(string name, ReadOnlySpan<byte> quoted) =>
        IdentifierText.IsId(name) ? name : VisibleJson.Escape(Encoding.UTF8.GetString(quoted));

    private ReadOnlySpan<byte> Masked(FieldTree hidden)
    {
        var shown = new ArrayBufferWriter<byte>();
        new RedactedJson(new MaskedValue()).Write(Canonical.Span, hidden, declared: null, pointer: default, shown);
        return shown.WrittenSpan;
    }
}
