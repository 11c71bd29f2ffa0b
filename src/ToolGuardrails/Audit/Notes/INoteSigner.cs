namespace ToolGuardrails;

/// <summary>Signs the audit log's checkpoints with a key that the library doesn't hold, such as one in a key management service.</summary>
/// <remarks>
/// <para>A checkpoint is a signed note (c2sp.org/signed-note): text, an empty line, and a line for each signature. This makes the signature; the library writes the note.</para>
/// <para>The names and the key must not change while the signer is in use: a new key is a new signer. Calls don't overlap. An exception means that nothing was signed, and the log then doesn't claim that its records are sealed.</para>
/// </remarks>
public interface INoteSigner
{
    /// <summary>The key's name, which for a log is its origin, such as <c>guardrails.example/log/support</c>. Not empty, without spaces, control characters or plus signs.</summary>
    string Name { get; }

    /// <summary>The first four bytes of the key's digest as a big-endian number. For ECDSA that is the SHA-256 of the public key's SubjectPublicKeyInfo; other algorithms have the rule of c2sp.org/signed-note.</summary>
    uint KeyId { get; }

    /// <summary>The public key as auditors pin it: <c>name+id+key</c>, where id is <see cref="KeyId"/> as eight lower-case hexadecimal digits, and key is the base64 of the algorithm's byte and the public key. For ECDSA on P-256: 0x02 and the 91 bytes of the SubjectPublicKeyInfo (DER).</summary>
    string VerifierKey { get; }

    /// <summary>Signs a note's text.</summary>
    /// <param name="text">The exact bytes to sign: UTF-8, its last line feed included, the empty line behind it not. Valid until the returned task completes.</param>
    /// <param name="cancellationToken">Cancelled when the log stops waiting.</param>
    /// <returns>The signature alone, without the key's id. For ECDSA: over the SHA-256 of the text, in DER (RFC 3279 section 2.2.3), which is what key management services return; not the 64 bytes of r and s.</returns>
    ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> text, CancellationToken cancellationToken);
}
