namespace ToolGuardrails.Audit;

/// <summary>Checks seals and key changes: origin, and the signatures of those that vouch for the others.</summary>
internal sealed class SealCheck(LogUnderTest log, bool allSignatures, int degree)
{
    private const int SignaturesAtOnce = 512;

    private readonly List<(SealLine Seal, IReadOnlyList<string> Known, IReadOnlyList<string> Required)> _waiting = [];
    private KeyLine? _key;

    /// <summary>The newest seal that can be read.</summary>
    public SealLine? Newest { get; private set; }

    public void Check(LogEvent found)
    {
        if (_key is { } key && found.Place.Index != key.Place.Index + 1)
        {
            Unsealed(key);
        }

        if (found is SealLine seal)
        {
            Seal(seal);
        }
        else if (found is KeyLine change)
        {
            Key(change);
        }
    }

    public void Finish()
    {
        if (_key is { } key && !(log.IsGrowing && key.Place.Index + 1 >= log.Records))
        {
            Unsealed(key);
        }

        VerifyWaiting();
    }

    /// <summary>Verifies one seal's signature. True where it holds, or where the log isn't signed.</summary>
    public bool Verify(SealLine seal)
    {
        if (log.Descriptor is null)
        {
            return false;
        }

        if (log.Keys is not { } keys)
        {
            return CheckpointNote.IsUnsigned(seal.Note);
        }

        string? problem = log.Notary.Problem(seal.Note, keys.Keys, keys.Required(seal.Checkpoint!.Size));
        Report(seal, problem);
        return problem is null && !log.AreKeysUnsure;
    }

    private void Seal(SealLine seal)
    {
        if (seal.Checkpoint is not { } checkpoint)
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Seal, $"The seal's note isn't a checkpoint. {seal.Problem} Restore the file from a copy of it."));
            return;
        }

        if (log.Descriptor is { } descriptor && checkpoint.Origin != descriptor.Origin)
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Seal, $"The seal is of the log '{VisibleText.Escape(checkpoint.Origin)}' and not of this one. Restore the file from a copy of it."));
            return;
        }

        Newest = seal;
        if (_key is { } key)
        {
            Change(key, seal, checkpoint.Size);
        }
        else if (log.Descriptor is not null && log.Keys is null && !CheckpointNote.IsUnsigned(seal.Note))
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Seal, "The seal is signed, but the log has no key. Restore log.json from a copy of it."));
        }
        else if (allSignatures && log.Keys is { } keys)
        {
            _waiting.Add((seal, keys.Keys, keys.Required(checkpoint.Size)));
            if (_waiting.Count == SignaturesAtOnce)
            {
                VerifyWaiting();
            }
        }
    }

    private void Key(KeyLine line)
    {
        if (log.Descriptor is not { } descriptor)
        {
            return;
        }

        if (log.Keys is not { } keys)
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.Key, "The line changes the key of a log that isn't signed. Restore log.json from a copy of it."));
            return;
        }

        string? problem = line.Replaces != keys.Current ? "It doesn't replace the key in force." : ProblemWith(line.VerifierKey, descriptor.Origin, keys.Current);
        if (problem is not null && log.MayHaveMissedKey())
        {
            return;
        }

        if (problem is not null)
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.Key, $"The line's change of key doesn't count. {problem} Whoever holds the signing key wrote it, or the file was changed; compare it with a copy."));
            return;
        }

        _key = line;
    }

    // The seal behind a key line, signed by the old key too, is what makes the change count.
    private void Change(KeyLine line, SealLine seal, long size)
    {
        KeyTimeline keys = log.Keys!;
        string old = keys.Current;
        _key = null;
        keys.Change(size - 1, line.VerifierKey!);
        if (log.Notary.Problem(seal.Note, keys.Keys, [old, line.VerifierKey!]) is { } problem && !log.MayHaveMissedKey())
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Key, $"The key changes here, and the seal isn't signed by both the old and the new key. {problem} Don't trust what is behind it."));
        }
    }

    private void Unsealed(KeyLine key)
    {
        _key = null;
        if (log.MayHaveMissedKey())
        {
            return;
        }

        log.Damage.Add(key.Place.Damage(AuditLogDamageKind.Key, "The key changes here, and no seal of both keys follows on the next line, so nothing vouches for the change. Don't trust what is behind it."));
    }

    private void VerifyWaiting()
    {
        string?[] problems = new string?[_waiting.Count];
        Parallel.For(
            0,
            _waiting.Count,
            new ParallelOptions { MaxDegreeOfParallelism = degree },
            static () => new NoteVerifier(),
            (i, _, notary) =>
            {
                problems[i] = notary.Problem(_waiting[i].Seal.Note, _waiting[i].Known, _waiting[i].Required);
                return notary;
            },
            static notary => notary.Dispose());
        for (int i = 0; i < problems.Length; i++)
        {
            // The newest one is verified in any case, and reported there.
            if (_waiting[i].Seal != Newest)
            {
                Report(_waiting[i].Seal, problems[i]);
            }
        }

        _waiting.Clear();
    }

    private void Report(SealLine seal, string? problem)
    {
        if (problem is not null && !log.MayHaveMissedKey())
        {
            log.Damage.Add(seal.Place.Damage(AuditLogDamageKind.Signature, $"The seal's signature doesn't hold. {problem} Restore the file from a copy of it; if there is none that verifies, don't trust the log."));
        }
    }

    internal static string? ProblemWith(string? key, string origin, string current)
    {
        try
        {
            if (key is null || NoteKeyText.Parse(key).Name != origin)
            {
                return "It has no new key with the log's name.";
            }

            using var parsed = NoteKey.Parse(key);
            return key == current ? "The new key is the old one." : null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
