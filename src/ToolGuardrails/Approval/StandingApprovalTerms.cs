namespace ToolGuardrails;

/// <summary>What a standing approval covers beside the call that it came from: calls of the same tool by the same agents for the same subject and tenant. It adds consent, never scope, and never reaches tier High.</summary>
public sealed record StandingApprovalTerms
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(30);

    /// <summary>Creates the terms.</summary>
    /// <param name="validFor">For how long, from the yes on: more than zero and at most 30 days.</param>
    /// <param name="uses">For how many calls: 1 to 10,000. The call that was asked for isn't one of them.</param>
    /// <param name="where">Which arguments: a condition in the policy's language, such as <c>{"arg.amount":{"under":100}}</c>. Null for exactly the arguments that were approved.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time or the number is out of range.</exception>
    public StandingApprovalTerms(TimeSpan validFor, int uses, string? where = null)
    {
        if (validFor <= TimeSpan.Zero || validFor > Longest)
        {
            throw new ArgumentOutOfRangeException(nameof(validFor), validFor, "A standing approval lasts more than zero and at most 30 days.");
        }

        if (uses is < 1 or > 10_000)
        {
            throw new ArgumentOutOfRangeException(nameof(uses), uses, "A standing approval is good for 1 to 10,000 calls.");
        }

        ValidFor = validFor;
        Uses = uses;
        Where = where;
    }

    /// <summary>For how long, from the yes on.</summary>
    public TimeSpan ValidFor { get; }

    /// <summary>For how many calls.</summary>
    public int Uses { get; }

    /// <summary>Which arguments, as a condition; null for exactly those that were approved.</summary>
    public string? Where { get; }
}
