namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>The process that asked is dead; nothing that it still does in this test counts. Not an <see cref="IOException"/>, so that code which copes with those doesn't cope with this.</summary>
internal sealed class ProcessDiedException() : Exception("The process died here.");
