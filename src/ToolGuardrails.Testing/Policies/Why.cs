namespace ToolGuardrails.Testing.Policies;

/// <summary>Asks the policy to explain a call.</summary>
internal static class Why
{
    public static PolicyExplanation Explain(ProposedCall call) => PolicyExplanation.Of(call.Caller.Policy, new PolicyQuestion
    {
        Agent = call.Caller.Agent,
        Ancestors = call.Caller.Ancestors,
        Tool = call.Tool,
        Arguments = call.Arguments,
        Subject = call.Caller.Subject,
        Tenant = call.Caller.Tenant,
        SessionId = call.Caller.SessionId,
    });
}
