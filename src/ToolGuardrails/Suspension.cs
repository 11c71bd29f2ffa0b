namespace ToolGuardrails;

/// <summary>Something that somebody has stopped, until somebody else lifts it.</summary>
public sealed class Suspension
{
    /// <summary>The suspension's id, unique in its store.</summary>
    public required string Id { get; init; }

    /// <summary>What is stopped.</summary>
    public required SuspensionTarget Target { get; init; }

    /// <summary>Who stopped it: a person, or a watching service.</summary>
    public required Principal By { get; init; }

    /// <summary>Why, in a sentence. It is recorded.</summary>
    public required string Reason { get; init; }

    /// <summary>Since when, in UTC.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>For whom the suspended agent acted, who therefore may not lift it; null where nobody in particular is meant.</summary>
    public Principal? Subject { get; init; }

    /// <summary>Who lifted it, when and why; null while it is in force.</summary>
    public SuspensionLift? Lifted { get; init; }

    /// <summary>Whether it stops calls now.</summary>
    public bool IsInForce => Lifted is null;

    /// <summary>Makes a suspension with an id of its own.</summary>
    /// <param name="target">What is stopped.</param>
    /// <param name="by">Who stops it.</param>
    /// <param name="reason">Why, in a sentence of at most 1,000 characters.</param>
    /// <param name="since">Since when.</param>
    /// <param name="subject">For whom the suspended agent acted; null where nobody in particular is meant.</param>
    /// <exception cref="ArgumentException">The reason is empty or too long.</exception>
    public static Suspension Create(SuspensionTarget target, Principal by, string reason, DateTimeOffset since, Principal? subject = null)
    {
        ArgumentNullException.ThrowIfNull(by);
        CheckReason(reason);
        return new Suspension { Id = Guid.NewGuid().ToString("N"), Target = target, By = by, Reason = reason, Since = since, Subject = subject };
    }

    /// <summary>Whether this person may lift it: a human, and not the one for whom the suspended agent acted. Letter case is ignored there, because directories differ on it.</summary>
    /// <param name="person">The person, as the channel has proven.</param>
    public bool MayBeLiftedBy(Principal person)
    {
        ArgumentNullException.ThrowIfNull(person);
        return !person.IsAgent && !string.Equals(person.ToString(), Subject?.ToString(), StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The same suspension, lifted.</summary>
    /// <param name="lift">By whom, when and why.</param>
    /// <exception cref="ArgumentException">The person may not lift it, or the reason is empty or too long.</exception>
    public Suspension LiftedBy(SuspensionLift lift)
    {
        ArgumentNullException.ThrowIfNull(lift);
        CheckReason(lift.Reason);
        return MayBeLiftedBy(lift.By)
            ? new Suspension { Id = Id, Target = Target, By = By, Reason = Reason, Since = Since, Subject = Subject, Lifted = lift }
            : throw new ArgumentException($"'{lift.By}' may not lift the suspension '{Id}': only a human does, and not the one for whom the suspended agent acted.", nameof(lift));
    }

    /// <summary>What is stopped, and since when.</summary>
    public override string ToString() => $"{Target} since {Since.UtcDateTime:u}{(IsInForce ? "" : ", lifted")}";

    internal static void CheckReason(string reason)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(reason);
        if (reason.Length > 1000 || !IdentifierText.IsWellFormedUtf16(reason))
        {
            throw new ArgumentException($"The reason has at most 1,000 characters and no lone surrogates; this one has {reason.Length} characters.", nameof(reason));
        }
    }
}

/// <summary>The end of a suspension.</summary>
/// <param name="By">Who lifted it.</param>
/// <param name="Reason">Why, in a sentence. It is recorded.</param>
/// <param name="At">When, in UTC.</param>
public sealed record SuspensionLift(Principal By, string Reason, DateTimeOffset At);
