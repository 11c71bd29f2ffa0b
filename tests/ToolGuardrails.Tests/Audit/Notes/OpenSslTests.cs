using System.Security.Cryptography;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class OpenSslTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [OpenSslFact]
    public async Task Openssl_verifies_a_checkpoint_of_ours_and_refuses_a_changed_one()
    {
        using EcdsaNoteSigner signer = EcdsaNoteSigner.LoadOrCreate(Notes.Origin, _folder.Combine("keys", "signing.pem"), _folder.Combine("log"));
        byte[] root = SHA256.HashData("root"u8);
        byte[] note = await new SignedNoteWriter([signer]).WriteAsync(new Checkpoint(Notes.Origin, 5000, root).ToText(), CancellationToken.None);

        string text = Encoding.UTF8.GetString(note);
        int separator = text.LastIndexOf("\n\n", StringComparison.Ordinal);
        File.WriteAllText(_folder.Combine("text"), text[..(separator + 1)]);
        File.WriteAllBytes(_folder.Combine("signature"), Convert.FromBase64String(text.Trim().Split(' ')[^1])[4..]);
        string publicKey = Convert.ToBase64String(Convert.FromBase64String(signer.VerifierKey.Split('+', 3)[2])[1..]);
        File.WriteAllText(_folder.Combine("key.pem"), $"-----BEGIN PUBLIC KEY-----\n{publicKey}\n-----END PUBLIC KEY-----\n");
        Assert.Equal((0, "Verified OK\n"), Verify());

        File.WriteAllText(_folder.Combine("text"), text[..(separator + 1)].Replace("5000", "5001", StringComparison.Ordinal));
        Assert.NotEqual(0, Verify().ExitCode);
    }

    [OpenSslFact]
    public void Openssl_signs_with_our_key_file_what_our_key_verifies()
    {
        string path = _folder.Combine("signing.pem");
        using EcdsaNoteSigner signer = EcdsaNoteSigner.LoadOrCreate(Notes.Origin, path, _folder.Combine("log"));
        using NoteKey key = NoteKey.Parse(signer.VerifierKey);
        File.WriteAllText(_folder.Combine("text"), "a text\n");
        Assert.Equal((0, ""), OpenSsl.Run("dgst", "-sha256", "-sign", path, "-out", _folder.Combine("signature"), _folder.Combine("text")));
        byte[] signature = File.ReadAllBytes(_folder.Combine("signature"));
        Assert.True(key.Verify("a text\n"u8, signature));
        Assert.False(key.Verify("a text"u8, signature));
    }

    public void Dispose() => _folder.Dispose();

    private (int ExitCode, string Output) Verify() =>
        OpenSsl.Run("dgst", "-sha256", "-verify", _folder.Combine("key.pem"), "-signature", _folder.Combine("signature"), _folder.Combine("text"));
}
