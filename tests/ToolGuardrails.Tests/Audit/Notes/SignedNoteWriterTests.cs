using System.Security.Cryptography;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class SignedNoteWriterTests : IDisposable
{
    private readonly EcdsaNoteSigner _signer = Notes.Signer();

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("a\r\n")]
    [InlineData("a\0\n")]
    public async Task A_text_that_could_not_be_read_back_is_not_signed(string text) =>
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.Sign(text, _signer));

    [Fact]
    public async Task A_text_that_is_too_long_is_not_signed() =>
        await Assert.ThrowsAsync<ArgumentException>(() => Notes.Sign(new string('a', SignedNoteParser.MostBytes) + "\n", _signer));

    [Fact]
    public void A_writer_needs_one_to_sixteen_different_signers()
    {
        Assert.Throws<ArgumentException>(() => new SignedNoteWriter([]));
        Assert.Throws<ArgumentException>(() => new SignedNoteWriter([_signer, _signer]));
        Assert.Throws<ArgumentException>(() => new SignedNoteWriter([.. Enumerable.Repeat(_signer, 17)]));
    }

    [Fact]
    public void A_signer_whose_name_or_id_disagrees_with_its_key_is_refused()
    {
        Refused(new HostSigner(_signer) { Name = "else.example" }, "must agree");
        Refused(new HostSigner(_signer) { KeyId = _signer.KeyId + 1 }, "must agree");
        Refused(new HostSigner(_signer) { VerifierKey = "nothing" }, "can't be used");
        Refused(new HostSigner(_signer) { VerifierKey = _signer.VerifierKey[..^8] }, "can't be used");
    }

    [Fact]
    public async Task A_signature_that_its_own_key_refuses_is_told_at_the_first_note()
    {
        using EcdsaNoteSigner other = Notes.Signer();
        InvalidOperationException wrongKey = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Notes.Sign("a\n", new HostSigner(_signer) { Sign = other.SignAsync }));
        Assert.Contains("in DER", wrongKey.Message, StringComparison.Ordinal);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var signer = new EcdsaNoteSigner("a", key);
        await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Notes.Sign("a\n", new HostSigner(signer) { Sign = (text, _) => new(key.SignData(text.Span, HashAlgorithmName.SHA256)) }));
        InvalidOperationException empty = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Notes.Sign("a\n", new HostSigner(_signer) { Sign = static (_, _) => new(ReadOnlyMemory<byte>.Empty) }));
        Assert.Contains("empty signature", empty.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_hosts_signer_of_another_algorithm_is_taken_at_its_word()
    {
        string verifierKey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW";
        byte[] note = await Notes.Sign("a\n", new HostSigner(_signer) { Name = "PeterNeumann", KeyId = 0xc74f20a3, VerifierKey = verifierKey, Sign = static (_, _) => new(new byte[64]) });
        Assert.Null(SignedNoteParser.Parse(note, out _, out List<SignedNoteSignature> signatures));
        Assert.Equal(64, Assert.Single(signatures).Bytes.Length);
    }

    [Fact]
    public async Task A_signers_failure_and_cancellation_reach_the_caller()
    {
        using var source = new CancellationTokenSource();
        var failing = new HostSigner(_signer) { Sign = static (_, _) => throw new TimeoutException("far away") };
        await Assert.ThrowsAsync<TimeoutException>(() => Notes.Sign("a\n", failing));
        await source.CancelAsync();
        var waiting = new SignedNoteWriter([new HostSigner(_signer) { Sign = static (_, token) => ValueTask.FromCanceled<ReadOnlyMemory<byte>>(token) }]);
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting.WriteAsync(Notes.Utf8("a\n"), source.Token).AsTask());
    }

    public void Dispose() => _signer.Dispose();

    private static void Refused(HostSigner signer, string why) =>
        Assert.Contains(why, Assert.Throws<InvalidOperationException>(() => new SignedNoteWriter([signer])).Message, StringComparison.Ordinal);

    private sealed class HostSigner(EcdsaNoteSigner inner) : INoteSigner
    {
        public string Name { get; init; } = inner.Name;

        public uint KeyId { get; init; } = inner.KeyId;

        public string VerifierKey { get; init; } = inner.VerifierKey;

        public Func<ReadOnlyMemory<byte>, CancellationToken, ValueTask<ReadOnlyMemory<byte>>> Sign { get; init; } = inner.SignAsync;

        public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) => Sign(text, cancellationToken);
    }
}
