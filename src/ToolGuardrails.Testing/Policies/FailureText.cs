using System.Text;

namespace ToolGuardrails.Testing.Policies;

/// <summary>The message under a failed assertion: what was expected, what is, and why, rule by rule.</summary>
internal static class FailureText
{
    public static string Of(ProposedCall call, Expectation expected, DryRun run, string unmet)
    {
        Decision decision = run.Decision;
        PolicyExplanation why = Why.Explain(call);
        var text = new StringBuilder();
        text.Append("Expected: ").Append(expected.Describe(call)).Append(".\n");
        text.Append("Decision: ").Append(InWords(decision.Effect)).Append(" (").Append(decision.Code).Append("), tier ").Append(decision.Tier).Append('.');
        text.Append(unmet.Length > 0 ? " " : "").Append(unmet).Append("\n\n");
        if (run.Guards.Count > 0)
        {
            text.Append("Guards of the host:\n").AppendJoin("", run.Guards.Select(static g => $"  - {g}\n")).Append('\n');
        }

        if (why.Effect != decision.Effect || why.Code != decision.Code)
        {
            text.Append("The policy alone decides otherwise. ").Append(decision.Reason.Text).Append("\n\n");
        }

        return text.Append(why.ToText()).ToString();
    }

    private static string InWords(Effect effect) => effect switch
    {
        Effect.Allow => "allowed",
        Effect.RequireApproval => "needs approval",
        _ => "denied",
    };
}
