using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Verifies a log as docs/audit-format.md says. It only reads: it writes nothing, takes no lock, and copes with a log that is being written to.</summary>
public static class AuditLogVerifier
{
    /// <summary>Verifies a log.</summary>
    /// <param name="directory">The log's directory.</param>
    /// <param name="options">Keys to trust and checkpoints that were kept elsewhere; null for none.</param>
    /// <param name="progress">Told how far it has come; null for nobody.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <returns>What was found. Whatever is wrong with the log's content is in the report, never an exception.</returns>
    /// <exception cref="DirectoryNotFoundException">There is no such directory.</exception>
    /// <exception cref="FormatException">One of the given keys isn't a verifier key.</exception>
    /// <exception cref="UnauthorizedAccessException">The directory may not be read.</exception>
    public static Task<AuditLogReport> VerifyAsync(string directory, AuditLogVerification? options = null, IProgress<AuditLogProgress>? progress = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        options ??= new AuditLogVerification();
        ArgumentOutOfRangeException.ThrowIfNegative(options.MaxDegreeOfParallelism, nameof(options));
        string[] keys = [.. options.Keys];
        foreach (string key in keys)
        {
            NoteKey.Parse(key).Dispose();
        }

        string path = Path.GetFullPath(directory);
        return Directory.Exists(path)
            ? Task.Run(() => RunAsync(path, options, keys, progress, cancellationToken), cancellationToken)
            : throw new DirectoryNotFoundException($"There is no audit log at '{path}': the directory doesn't exist.");
    }

    private static async Task<AuditLogReport> RunAsync(string directory, AuditLogVerification options, string[] keys, IProgress<AuditLogProgress>? progress, CancellationToken cancellationToken)
    {
        var run = new VerificationRun(directory, options, keys, progress);
        await using (run.ConfigureAwait(false))
        {
            return await run.RunAsync(cancellationToken).ConfigureAwait(false);
        }
    }
}
