namespace ToolGuardrails;

/// <summary>A record that isn't a tool call's, such as a prompt, couldn't be kept.</summary>
public sealed class AuditUnavailableException : Exception
{
    internal AuditUnavailableException(string what)
        : base($"The {what} couldn't be recorded: a required audit sink doesn't take records. Don't go on without it; the sink's own error goes to the host's logger.")
    {
    }
}
