namespace ToolGuardrails.Tests.Audit.Processes;

/// <summary>A test that needs something of the machine; skipped, with the reason, where it isn't there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class ProcessFactAttribute : FactAttribute
{
    public ProcessFactAttribute(MachineNeeds needs) => Skip = Machine.Missing(needs);
}
