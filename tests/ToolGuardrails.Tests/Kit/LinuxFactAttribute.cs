namespace ToolGuardrails.Tests.Kit;

/// <summary>A test of what only Linux offers; skipped, with the reason, elsewhere.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux())
        {
            Skip = "Only Linux opens a file and keeps its path below a folder in one step.";
        }
    }
}
