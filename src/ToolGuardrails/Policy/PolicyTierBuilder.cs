using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Says what a tier asks of a human (docs/policy.md, Tiers).</summary>
public sealed class PolicyTierBuilder
{
    private readonly PolicyDraft _draft;

    internal PolicyTierBuilder(RiskTier tier) => _draft = new PolicyDraft($"the tier '{PolicyDraft.Word(tier)}'");

    internal JsonObject Json => _draft.Json;

    /// <summary>What it asks.</summary>
    /// <param name="gate">None, review or per call.</param>
    public PolicyTierBuilder Approval(ApprovalGate gate)
    {
        string word = gate switch
        {
            ApprovalGate.None => "none",
            ApprovalGate.Review => "review",
            ApprovalGate.PerCall => "perCall",
            _ => throw new ArgumentOutOfRangeException(nameof(gate), gate, "A tier asks for nothing, a review, or an approval per call; name one of them."),
        };
        _draft.Set("approval", word);
        return this;
    }

    /// <summary>Who may approve.</summary>
    /// <param name="approvers"><c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>.</param>
    public PolicyTierBuilder Approvers(params string[] approvers)
    {
        _draft.AppendTexts("approvers", approvers);
        return this;
    }

    /// <summary>How long a question, and an approval that isn't used, stays open.</summary>
    /// <param name="time">The time, in whole seconds.</param>
    public PolicyTierBuilder Expires(TimeSpan time)
    {
        _draft.SetSpan("expires", time);
        return this;
    }

    /// <summary>How many different people have to approve; above 1 only where each call is approved on its own.</summary>
    /// <param name="people">How many, from 1.</param>
    public PolicyTierBuilder Quorum(int people)
    {
        _draft.Set("quorum", people);
        return this;
    }

    /// <summary>Who may approve as well once nobody has answered for a while.</summary>
    /// <param name="after">After which time, in whole seconds; less than the question stays open.</param>
    /// <param name="to">The further approvers.</param>
    public PolicyTierBuilder Escalate(TimeSpan after, params string[] to)
    {
        _draft.Set("escalate", new JsonObject { ["after"] = PolicyDraft.Span(after), ["to"] = PolicyDraft.Texts(to) });
        return this;
    }

    /// <summary>An approval needs a comment.</summary>
    public PolicyTierBuilder Comment()
    {
        _draft.Set("comment", true);
        return this;
    }
}
