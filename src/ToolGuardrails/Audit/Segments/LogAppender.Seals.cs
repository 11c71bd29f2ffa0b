using System.Text;

namespace ToolGuardrails.Audit;

// What is signed: seals, changes of key, and the ends of segments.
internal sealed partial class LogAppender
{
    /// <summary>Goes over to another key: a line that names it, and a seal of both.</summary>
    public async ValueTask<AuditCheckpoint> RotateKeyAsync(INoteSigner next, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        INoteSigner current = _signer ?? throw new InvalidOperationException("An unsigned log has no key to rotate.");
        var both = new SignedNoteWriter([next, current]);
        Append(LogEvents.Key(Now(), next.VerifierKey, current.VerifierKey));
        AuditCheckpoint rotated;
        try
        {
            rotated = await SealAsync(both, CancellationToken.None).ConfigureAwait(false);
        }
        catch (LogSigningException e)
        {
            // The key's line is there and its seal isn't, so the log can't stay as it is: opening it anew takes the line out.
            throw new IOException("The audit log's key couldn't be rotated, because not both keys signed.", e);
        }

        Sync();
        Signer = next;
        Acknowledge();
        return rotated;
    }

    /// <summary>Seals and begins a new segment.</summary>
    public async ValueTask BeginSegmentAsync(CancellationToken cancellationToken)
    {
        if (Unsealed > 0)
        {
            await SealAsync(cancellationToken).ConfigureAwait(false);
        }

        Sync();
        Acknowledge();
        _tiles.Sync();
        ILogFile next = NewSegment.Create(_files, _paths, _frontier.Size, []);
        _segment.Dispose();
        _segment = next;
        _first = _frontier.Size;
        _length = _synced = _acknowledged = 0;
        _segmentBegan = Now();
        _tiles.Begin(_first, 0);
    }

    private async ValueTask<AuditCheckpoint> SealAsync(SignedNoteWriter? notes, CancellationToken cancellationToken)
    {
        Sync();
        byte[] root = new byte[MerkleTreeHasher.HashSize];
        _frontier.Root(root);
        byte[] text = new Checkpoint(_descriptor.Origin, _frontier.Size, root).ToText();
        string note = notes is null ? Encoding.UTF8.GetString(text) + "\n" : await SignAsync(notes, text, cancellationToken).ConfigureAwait(false);
        var checkpoint = AuditCheckpoint.Parse(note);
        AddEvent(LogEvents.Seal(Now(), note));
        Flush();
        Unsealed = 0;
        return Checkpoint = checkpoint;
    }

    private async ValueTask<string> SignAsync(SignedNoteWriter notes, byte[] text, CancellationToken cancellationToken)
    {
        try
        {
            using var ends = new CancellationTokenSource(_options.SignTimeout);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(ends.Token, cancellationToken);
            byte[] note = await notes.WriteAsync(text, either.Token).AsTask().WaitAsync(either.Token).ConfigureAwait(false);
            return Encoding.UTF8.GetString(note);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new LogSigningException($"The audit log's checkpoint couldn't be signed: {e.Message}", e);
        }
    }
}
