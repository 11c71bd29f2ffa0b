namespace ToolGuardrails.Tests.Audit.Independent;

/// <summary>A test that asks the verifier in Python; skipped, with the reason, where there is no Python.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class PythonFactAttribute : FactAttribute
{
    public PythonFactAttribute() => Skip = Python.Missing;
}
