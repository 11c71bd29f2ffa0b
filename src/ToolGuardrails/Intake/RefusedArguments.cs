namespace ToolGuardrails.Intake;

/// <summary>Stands in for arguments that a call can't be judged on.</summary>
internal static class RefusedArguments
{
    public static ToolArguments For(VerdictReason reason) => new(new ArgumentSnapshot().Refuse(reason));

    /// <summary>A refusal where a snapshot exceeds the pipeline's own limits; null where it doesn't.</summary>
    public static ToolArguments? Beyond(ArgumentSnapshot snapshot, ArgumentLimits limits) =>
        snapshot.Refusal is not null ? null
        : snapshot.Length > limits.MaxBytes ? For(Reasons.ArgumentsTooLarge)
        : snapshot.Depth > limits.Depth ? For(Reasons.ArgumentsTooDeep)
        : snapshot.Nodes > limits.MaxNodes ? For(Reasons.ArgumentsTooMany)
        : (ToolArguments?)null;
}
