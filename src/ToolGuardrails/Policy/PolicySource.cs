using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Unicode;

namespace ToolGuardrails.Policy;

/// <summary>The policy's text: strictly UTF-8, strictly JSON but for comments.</summary>
internal static class PolicySource
{
    public const int MaxDepth = 64;

    /// <summary>Reads the text. The root's source text has spaces where comments were, so that no later reader has to know of them.</summary>
    /// <returns>What is broken; null where nothing is.</returns>
    public static PolicyError? TryRead(ReadOnlySpan<byte> utf8, out JsonElement root)
    {
        root = default;
        if (utf8.StartsWith("\uFEFF"u8))
        {
            return Broken("The text begins with a byte order mark; save it as UTF-8 without one.");
        }

        if (!Utf8.IsValid(utf8))
        {
            return Broken("The text isn't valid UTF-8; save it as UTF-8.");
        }

        byte[] copy = utf8.ToArray();
        CommentBlanker.Blank(copy);
        try
        {
            if (Refuse(copy) is { } broken)
            {
                return broken;
            }

            root = JsonElement.Parse(copy, new JsonDocumentOptions { MaxDepth = MaxDepth });
            return null;
        }
        catch (JsonException e)
        {
            return Broken($"The text isn't valid JSON {Place(utf8, e)}; comments are allowed, but a comma at the end of a list or object, single quotes and text behind the last brace are not.");
        }
    }

    /// <summary>Where a part of a document begins, in bytes from the root: all elements look into the document's one text.</summary>
    public static int OffsetOf(JsonElement part, JsonElement root)
    {
        JsonMarshal.GetRawUtf8Value(root).Overlaps(JsonMarshal.GetRawUtf8Value(part), out int offset);
        return offset;
    }

    // What the framework's reader accepts: lone halves of characters, and a depth that is an error of its own here.
    private static PolicyError? Refuse(ReadOnlySpan<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = MaxDepth + 2 });
        while (reader.Read())
        {
            int start = (int)reader.TokenStartIndex;
            switch (reader.TokenType)
            {
                case JsonTokenType.StartObject or JsonTokenType.StartArray when reader.CurrentDepth >= MaxDepth:
                    return Broken($"The text is nested deeper than {MaxDepth} levels at line {LineOf(utf8, start)}; make it flatter.");
                case JsonTokenType.String or JsonTokenType.PropertyName when reader.ValueIsEscaped && !IsWellFormed(ref reader):
                    return Broken($"The text at line {LineOf(utf8, start)} has a \\u escape that is only half of a character; write both halves, or the character itself.");
            }
        }

        return null;
    }

    // The reader notices a lone \ud800 only when the text is taken out.
    private static bool IsWellFormed(ref Utf8JsonReader reader)
    {
        try
        {
            reader.GetString();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private static PolicyError Broken(string message) => new("$", message);

    private static string Place(ReadOnlySpan<byte> utf8, JsonException e) =>
        utf8.IsEmpty ? "because it is empty" : $"at line {(e.LineNumber ?? 0) + 1}, byte {(e.BytePositionInLine ?? 0) + 1}";

    private static int LineOf(ReadOnlySpan<byte> utf8, int offset) => utf8[..offset].Count((byte)'\n') + 1;
}
