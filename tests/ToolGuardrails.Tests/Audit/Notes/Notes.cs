using System.Security.Cryptography;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>Signers and notes to test with.</summary>
internal static class Notes
{
    public const string Origin = "guardrails.example/log/test";

    public static EcdsaNoteSigner Signer(string name = Origin) => new(name, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    public static async Task<byte[]> Sign(string text, params INoteSigner[] signers) =>
        await new SignedNoteWriter(signers).WriteAsync(Utf8(text), CancellationToken.None);

    /// <summary>A signature line that nobody here has the key of.</summary>
    public static string StrangersLine(int number = 0) => $"\u2014 stranger.example/{number} {Convert.ToBase64String([1, 2, 3, (byte)number, 5])}\n";

    public static string? Problem(byte[] note, params NoteKey[] keys)
    {
        bool isOpen = SignedNote.TryOpen(note, keys, out SignedNote? opened, out string? problem);
        Assert.Equal(isOpen, opened is not null);
        Assert.Equal(isOpen, problem is null);
        return problem;
    }
}
