using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>An eligible entry through which an agent could be given a call for a while.</summary>
public sealed class PossibleElevation
{
    internal PossibleElevation(PolicyRule rule, EligibleRule entry, IReadOnlyList<string> approvers)
    {
        Rule = rule;
        Entry = entry;
        Approvers = approvers;
    }

    /// <summary>The entry, <c>eligible:AGENT/ID</c>.</summary>
    public PolicyRule Rule { get; }

    /// <summary>The agent of the chain that it is for.</summary>
    public string Agent => Rule.Agent!;

    /// <summary>For how long at most.</summary>
    public TimeSpan For => Entry.For;

    /// <summary>For how many calls at most.</summary>
    public int Uses => Entry.Uses;

    /// <summary>Who may give it: the entry's own approvers or, where it names none, those of the highest tier that it reaches, and at least of medium.</summary>
    public IReadOnlyList<string> Approvers { get; }

    internal EligibleRule Entry { get; }

    /// <inheritdoc/>
    public override string ToString() => Rule.Id;
}
