namespace ToolGuardrails;

/// <summary>How a rule of a policy stands to one call.</summary>
public enum PolicyRuleMatch : byte
{
    /// <summary>Its condition can't be evaluated on this call. A deny or a risk then counts as matched, a grant or an eligible entry as not.</summary>
    Undecided = 0,

    /// <summary>Its condition holds, or it has none.</summary>
    Matched = 1,

    /// <summary>Its condition doesn't hold.</summary>
    NotMatched = 2,

    /// <summary>It names the tool and is about another access: a deny or risk of which the tool has none, or a grant or an eligible entry that doesn't list every one of the tool's.</summary>
    NotConcerned = 3,

    /// <summary>The call was denied before the rule was looked at: its arguments are refused or don't fit, an agent of the chain isn't known, or the session is too deep.</summary>
    NotReached = 4,
}
