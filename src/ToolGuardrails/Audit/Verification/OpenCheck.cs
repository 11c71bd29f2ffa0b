namespace ToolGuardrails.Audit;

/// <summary>Checks that each <c>log.open</c> and <c>prune</c> line binds this descriptor, and that the former say the key in force.</summary>
internal sealed class OpenCheck(LogUnderTest log)
{
    private readonly List<(LinePlace Place, AuditLogDamageKind Kind)> _others = [];
    private long _otherCount;
    private long _fitting;

    public void Check(OpenLine line)
    {
        if (!Fits(line.Place, line.Log, AuditLogDamageKind.LogOpen) || log.Descriptor is null)
        {
            return;
        }

        if (line.Problem is { } problem)
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.LogOpen, $"{problem} Compare the file with a copy of it."));
        }
        else if (line.IsSigned != (log.Keys is not null))
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.LogOpen, $"The line's signed doesn't say what log.json says: the log is {(log.Keys is null ? "un" : string.Empty)}signed. Compare the file with a copy of it."));
        }
        else if (line.VerifierKey != log.Keys?.Current && !log.MayHaveMissedKey())
        {
            log.Damage.Add(line.Place.Damage(AuditLogDamageKind.LogOpen, "The line's vkey isn't the key in force. Compare the file with a copy of it."));
        }
    }

    /// <summary>Compares a line's digest with the descriptor's.</summary>
    public bool Fits(LinePlace place, string? digest, AuditLogDamageKind kind)
    {
        if (log.Digest is null)
        {
            return false;
        }

        if (digest == log.Digest)
        {
            _fitting++;
            return true;
        }

        _otherCount++;
        if (_others.Count < 20)
        {
            _others.Add((place, kind));
        }

        if (_fitting == 0)
        {
            // Another log's name and keys would make every seal look wrong.
            log.Descriptor = null;
            log.Keys = null;
        }

        return false;
    }

    public void Finish()
    {
        if (_otherCount > 0 && _fitting == 0)
        {
            log.Add(AuditLogDamageKind.Descriptor, "log.json", $"The descriptor isn't the one that record {_others[0].Place.Index} binds: it was changed, or belongs to another log. Restore log.json from a copy of it. Seals' names and signatures weren't checked.");
            return;
        }

        foreach ((LinePlace place, AuditLogDamageKind kind) in _others)
        {
            log.Damage.Add(place.Damage(kind, "The line's log isn't the digest of log.json: the line was changed or belongs to another log. Compare the file with a copy of it."));
        }
    }
}
