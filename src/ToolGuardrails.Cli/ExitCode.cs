namespace ToolGuardrails.Cli;

/// <summary>What the process ends with (docs/cli.md).</summary>
internal static class ExitCode
{
    public const int Done = 0;
    public const int Damaged = 1;
    public const int Refused = 1;
    public const int Denied = 1;
    public const int Unusable = 2;
    public const int Unsigned = 3;
    public const int NeedsApproval = 3;
    public const int Cancelled = 130;
}
