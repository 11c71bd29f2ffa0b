using System.Security.Cryptography;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class NoteKeyTests
{
    [Fact]
    public void A_key_is_written_as_its_name_its_id_and_its_bytes()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new EcdsaNoteSigner(Notes.Origin, key);
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        string id = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 4));
        Assert.Equal($"{Notes.Origin}+{id}+{Convert.ToBase64String([2, .. publicKey])}", signer.VerifierKey);
        Assert.Equal(id, signer.KeyId.ToString("x8", System.Globalization.CultureInfo.InvariantCulture));
        using NoteKey read = NoteKey.Parse(signer.VerifierKey);
        Assert.Equal((signer.Name, signer.KeyId, signer.VerifierKey), (read.Name, read.Id, read.ToString()));
    }

    [Fact]
    public void A_key_that_was_changed_anywhere_is_refused_or_is_another_name()
    {
        using EcdsaNoteSigner signer = Notes.Signer();
        string text = signer.VerifierKey;
        for (int i = Notes.Origin.Length; i < text.Length; i++)
        {
            foreach (char instead in (char[])[(char)(text[i] ^ 1), ' ', '+', 'A', '='])
            {
                string changed = text[..i] + instead + text[(i + 1)..];
                if (changed != text)
                {
                    Assert.Throws<FormatException>(() => NoteKey.Parse(changed));
                }
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("name")]
    [InlineData("name+01020304")]
    [InlineData("+01020304+AgM=")]
    [InlineData("na me+01020304+AgM=")]
    [InlineData("na\u00a0me+01020304+AgM=")]
    [InlineData("na\nme+01020304+AgM=")]
    [InlineData("name+0102030+AgM=")]
    [InlineData("name+010203045+AgM=")]
    [InlineData("name+0102030G+AgM=")]
    [InlineData("name+ABCDEF01+AgM=")]
    [InlineData("name+01020304+")]
    [InlineData("name+01020304+Ag==")]
    [InlineData("name+01020304+AgM")]
    [InlineData("name+01020304+AgM=\n")]
    public void A_text_of_another_form_is_refused(string text) => Assert.Throws<FormatException>(() => NoteKeyText.Parse(text));

    [Fact]
    public void Half_a_character_is_no_part_of_a_name() =>
        Assert.Throws<FormatException>(() => NoteKeyText.Parse("na\ud800me+01020304+AgM="));

    [Fact]
    public void A_key_of_another_algorithm_is_refused_by_its_number() =>
        Assert.Contains("type 0x01", Assert.Throws<FormatException>(() => NoteKey.Parse("PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")).Message, StringComparison.Ordinal);

    [Fact]
    public void A_key_on_another_curve_or_off_the_curve_is_refused()
    {
        using ECDsa large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Contains("P-256", Refused(large.ExportSubjectPublicKeyInfo()), StringComparison.Ordinal);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        byte[] publicKey = key.ExportSubjectPublicKeyInfo();
        Assert.Contains("behind its public key", Refused([.. publicKey, 0]), StringComparison.Ordinal);
        publicKey[^1] ^= 1;
        Assert.Contains("can't be read", Refused(publicKey), StringComparison.Ordinal);
        Assert.Contains("can't be read", Refused(publicKey[..^1]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_absurdly_long_is_refused() =>
        Assert.Contains("at most", Assert.Throws<FormatException>(() => NoteKeyText.Parse(new string('a', 10_000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData("a\u2003b")]
    [InlineData("a\u0001")]
    public void A_signer_is_not_made_for_a_name_that_notes_cannot_carry(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Assert.Throws<ArgumentException>(() => new EcdsaNoteSigner(name, key));
    }

    [Fact]
    public void A_signer_is_not_made_of_a_key_on_another_curve()
    {
        using ECDsa large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        Assert.Contains("P-256", Assert.Throws<ArgumentException>(() => new EcdsaNoteSigner("a", large)).Message, StringComparison.Ordinal);
    }

    private static string Refused(byte[] publicKey)
    {
        string id = Convert.ToHexStringLower(SHA256.HashData(publicKey).AsSpan(0, 4));
        return Assert.Throws<FormatException>(() => NoteKey.Parse($"name+{id}+{Convert.ToBase64String([2, .. publicKey])}")).Message;
    }
}
