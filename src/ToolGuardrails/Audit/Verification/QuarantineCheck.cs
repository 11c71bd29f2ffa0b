using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>Checks each quarantine file that is still there against its <c>log.recover</c> line.</summary>
internal sealed class QuarantineCheck(LogUnderTest log)
{
    private const int Chunk = 128 * 1024;

    private readonly Dictionary<string, RecoverLine> _lines = new(StringComparer.Ordinal);

    public void Check(RecoverLine line)
    {
        if (line is not { Index: { } index, Bytes: > 0, Sha256: { Length: 64 } sha256, File: { } file }
            || !sha256.All(char.IsAsciiHexDigitLower)
            || index > line.Place.Index
            || file != LogPaths.QuarantineName(index, Convert.FromHexString(sha256)))
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.Quarantine, "The line doesn't say which bytes were taken out and where they are. Compare the file with a copy of it."));
            return;
        }

        if (log.Content.Quarantine.Contains(file))
        {
            _lines[file] = line;
        }
    }

    public async Task FinishAsync(CancellationToken cancellationToken)
    {
        foreach (string file in log.Content.Quarantine)
        {
            if (!_lines.TryGetValue(file, out RecoverLine? line))
            {
                log.Notes.Add($"No log.recover line is there for the file {VisibleText.Escape(file)}; it wasn't checked.");
            }
            else if (await DigestAsync(file, cancellationToken).ConfigureAwait(false) is var found && found != (line.Bytes, line.Sha256))
            {
                log.Add(AuditLogDamageKind.Quarantine, file, $"The file has {found.Bytes} bytes with the SHA-256 {found.Sha256}; record {line.Place.Index} says {line.Bytes} bytes and {line.Sha256}. It was changed after the recovery; restore it from a copy.");
            }
        }
    }

    private async Task<(long? Bytes, string? Sha256)> DigestAsync(string name, CancellationToken cancellationToken)
    {
        string path = Path.Combine(log.Paths.Directory, name);
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, Chunk, useAsync: true);
        await using (stream.ConfigureAwait(false))
        {
            byte[] digest = await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false);
            return (stream.Position, Convert.ToHexStringLower(digest));
        }
    }
}
