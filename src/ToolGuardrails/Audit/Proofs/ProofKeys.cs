using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>The keys that somebody trusts a log's checkpoints by.</summary>
internal sealed class ProofKeys : IDisposable
{
    private readonly List<NoteKey> _keys = [];

    /// <exception cref="FormatException">A key can't be read.</exception>
    public ProofKeys(IReadOnlyList<string> keys)
    {
        try
        {
            foreach (string key in keys.Select(static k => k.Trim()).Distinct(StringComparer.Ordinal))
            {
                _keys.Add(NoteKey.Parse(key));
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Verifies a checkpoint.</summary>
    /// <param name="checkpoint">The checkpoint.</param>
    /// <param name="verified">What was signed, read from the very bytes that the signature is over; null where there is a problem.</param>
    /// <returns>What is wrong, in sentences.</returns>
    public string? Problem(AuditCheckpoint checkpoint, out Checkpoint? verified)
    {
        verified = null;
        if (checkpoint.Note.EndsWith("\n\n", StringComparison.Ordinal))
        {
            return $"The checkpoint of {checkpoint.Size} records is unsigned: the log '{checkpoint.Origin}' runs in unsigned mode, or somebody took the signatures away. Nobody vouches for it, so it proves nothing.";
        }

        if (_keys.Count == 0)
        {
            return $"No key was given. Give the verifier key of '{checkpoint.Origin}', from a place that whoever hands this over can't write to.";
        }

        NoteKey[] ofLog = [.. _keys.Where(k => string.Equals(k.Name, checkpoint.Origin, StringComparison.Ordinal))];
        if (ofLog.Length == 0)
        {
            return $"None of the given keys is one of '{checkpoint.Origin}', the log that the checkpoint names.";
        }

        return !SignedNote.TryOpen(Encoding.UTF8.GetBytes(checkpoint.Note), ofLog, out SignedNote? note, out string? problem)
            ? $"The checkpoint of {checkpoint.Size} records isn't verified. {problem}"
            : !Checkpoint.TryParse(note.Text.Span, out verified, out problem) ? problem : null;
    }

    public void Dispose()
    {
        foreach (NoteKey key in _keys)
        {
            key.Dispose();
        }
    }
}
