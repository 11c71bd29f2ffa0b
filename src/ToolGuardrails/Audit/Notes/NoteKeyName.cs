using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>What a key may be called (c2sp.org/signed-note): something without Unicode spaces, control characters or plus signs.</summary>
internal static class NoteKeyName
{
    public static bool IsValid(ReadOnlySpan<char> name)
    {
        while (!name.IsEmpty)
        {
            if (Rune.DecodeFromUtf16(name, out Rune rune, out int read) != System.Buffers.OperationStatus.Done || rune.Value is '+' or < ' ' || Rune.IsWhiteSpace(rune))
            {
                return false;
            }

            name = name[read..];
            if (name.IsEmpty)
            {
                return true;
            }
        }

        return false;
    }
}
