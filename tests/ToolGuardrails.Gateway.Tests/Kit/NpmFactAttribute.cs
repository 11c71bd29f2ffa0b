namespace ToolGuardrails.Gateway.Tests.Kit;

/// <summary>A test against real public servers; skipped, with the reason, where they can't be installed.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NpmFactAttribute : FactAttribute
{
    public NpmFactAttribute() => Skip = NpmServers.Missing;
}
