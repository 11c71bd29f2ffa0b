using System.Globalization;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>A public key as it is written down: <c>name+id+base64(type and key)</c>.</summary>
/// <param name="Name">The key's name.</param>
/// <param name="Id">The id that its signatures carry.</param>
/// <param name="Type">The algorithm's byte.</param>
/// <param name="PublicKey">The public key, as its algorithm encodes it.</param>
internal sealed record NoteKeyText(string Name, uint Id, byte Type, ReadOnlyMemory<byte> PublicKey)
{
    private const int MostCharacters = 8192;
    private const int IdDigits = 8;

    public static NoteKeyText Parse(string text)
    {
        if (text.Length > MostCharacters)
        {
            throw new FormatException($"A verifier key has at most {MostCharacters} characters, and this one has {text.Length}.");
        }

        string[] parts = text.Split('+', 3);
        if (parts.Length < 3 || !NoteKeyName.IsValid(parts[0]))
        {
            throw new FormatException($"The key '{text}' isn't name+id+base64 with a name free of spaces and control characters.");
        }

        if (parts[1].Length != IdDigits || !parts[1].All(char.IsAsciiHexDigitLower))
        {
            throw new FormatException($"The key '{text}' has an id that isn't eight lower-case hexadecimal digits.");
        }

        if (!SignedNoteBase64.TryDecode(Encoding.UTF8.GetBytes(parts[2]), out byte[] key) || key.Length < 2)
        {
            throw new FormatException($"The key '{text}' has a public key that isn't canonical base64 of a type byte and a key.");
        }

        return new NoteKeyText(parts[0], uint.Parse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture), key[0], key.AsMemory(1));
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Name}+{Id:x8}+{Convert.ToBase64String([Type, .. PublicKey.Span])}");
}
