using System.Buffers;
using System.Buffers.Text;

namespace ToolGuardrails.Audit;

/// <summary>Standard base64 (RFC 4648 section 4) that has one spelling for each value: padded, without white space, unused bits zero.</summary>
internal static class SignedNoteBase64
{
    public static bool TryDecode(ReadOnlySpan<byte> text, out byte[] value)
    {
        byte[] decoded = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        if (text.Length % 4 != 0 || Base64.DecodeFromUtf8(text, decoded, out int read, out int length) != OperationStatus.Done || read != text.Length)
        {
            value = [];
            return false;
        }

        // The decoder lets white space and stray bits pass; writing the value again shows both.
        value = decoded.AsSpan(0, length).ToArray();
        byte[] again = new byte[text.Length];
        return Base64.GetMaxEncodedToUtf8Length(length) == text.Length
            && Base64.EncodeToUtf8(value, again, out _, out int written) == OperationStatus.Done
            && again.AsSpan(0, written).SequenceEqual(text);
    }
}
