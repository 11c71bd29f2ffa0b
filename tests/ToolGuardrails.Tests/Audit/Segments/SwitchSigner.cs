using System.Security.Cryptography;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Segments;

/// <summary>A key as a management service holds it: signing can fail.</summary>
internal sealed class SwitchSigner(string origin) : INoteSigner, IDisposable
{
    private readonly EcdsaNoteSigner _signer = new(origin, ECDsa.Create(ECCurve.NamedCurves.nistP256));

    public void Dispose() => _signer.Dispose();

    public bool Fails { get; set; }

    public string Name => _signer.Name;

    public uint KeyId => _signer.KeyId;

    public string VerifierKey => _signer.VerifierKey;

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken) =>
        Fails ? throw new InvalidOperationException("The key service is away.") : _signer.SignAsync(text, cancellationToken);
}
