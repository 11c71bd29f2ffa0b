namespace ToolGuardrails.Intake;

/// <summary>Stands in for arguments that a call can't be judged on.</summary>
internal static class RefusedArguments
{
    public static ToolArguments For(VerdictReason reason) => new(new ArgumentSnapshot().Refuse(reason));

    /// <summary>Why a snapshot exceeds the pipeline's own limits; null where it doesn't.</summary>
    public static VerdictReason? Beyond(ArgumentSnapshot snapshot, ArgumentLimits limits) =>
        snapshot.Refusal is not null ? null
        : snapshot.Length > limits.MaxBytes ? Reasons.ArgumentsTooLarge
        : snapshot.Depth > limits.Depth ? Reasons.ArgumentsTooDeep
        : snapshot.Nodes > limits.MaxNodes ? Reasons.ArgumentsTooMany
        : null;
}
