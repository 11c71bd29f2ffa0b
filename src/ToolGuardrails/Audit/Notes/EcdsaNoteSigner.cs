using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>Signs notes with an ECDSA key on P-256 that this process holds (type 0x02 of c2sp.org/signed-note).</summary>
internal sealed class EcdsaNoteSigner : INoteSigner, IDisposable
{
    private readonly Lock _lock = new();
    private readonly ECDsa _key;
    private readonly NoteKeyText _text;

    /// <summary>Makes a signer that owns the key.</summary>
    public EcdsaNoteSigner(string name, ECDsa key)
    {
        if (!NoteKeyName.IsValid(name))
        {
            throw new ArgumentException($"The log's name '{name}' can't be a key's name: it is empty, or has a space, a control character or a plus sign.", nameof(name));
        }

        if (!EcdsaNoteKey.IsOnP256(key))
        {
            throw new ArgumentException($"The signing key of '{name}' isn't on P-256, the one curve that notes are signed on.", nameof(key));
        }

        _key = key;
        _text = EcdsaNoteKey.TextOf(name, key);
        VerifierKey = _text.ToString();
    }

    public string Name => _text.Name;

    public uint KeyId => _text.Id;

    public string VerifierKey { get; }

    /// <summary>Makes a signer whose key lies in a file outside the log, made on first use.</summary>
    public static EcdsaNoteSigner LoadOrCreate(string name, string keyPath, string logDirectory) => new(name, NoteKeyFile.LoadOrCreate(keyPath, logDirectory));

    /// <summary>Makes a signer whose key must be there already.</summary>
    public static EcdsaNoteSigner Load(string name, string keyPath, string logDirectory) => new(name, NoteKeyFile.Load(keyPath, logDirectory));

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            return new(_key.SignData(text.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
        }
    }

    public void Dispose() => _key.Dispose();
}
