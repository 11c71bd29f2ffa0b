namespace ToolGuardrails.Testing.Policies;

/// <summary>One call that a test asks about.</summary>
internal sealed record ProposedCall(Caller Caller, string Tool, ToolArguments Arguments)
{
    private const int MostShown = 400;

    /// <summary>The call in words, for a failure message.</summary>
    public override string ToString()
    {
        string arguments = Arguments.Refusal is { } refusal ? $"arguments that are refused ({refusal.Code})" : Arguments.ToCanonicalJson();
        string shown = arguments.Length <= MostShown ? arguments : $"{arguments.AsSpan(0, MostShown)}... ({arguments.Length} characters)";
        return $"'{Tool}' with {shown}{Circumstances()}";
    }

    private string Circumstances() =>
        string.Concat(Caller.Ancestors.Select(static a => $", started by '{a}'"))
        + (Caller.Subject is { } subject ? $", on behalf of {subject}" : "")
        + (Caller.Tenant is { } tenant ? $", in tenant '{tenant}'" : "");
}
