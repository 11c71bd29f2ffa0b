namespace ToolGuardrails.AuditWriterProcess;

/// <summary>The pipeline of every command.</summary>
internal static class Host
{
    private const string Policy = """
        {
          "version": 1, "name": "process",
          "tools": {
            "notes.remove": { "access": ["delete"], "tier": "medium" },
            "notes.write": { "access": ["write"], "tier": "medium", "reversible": true },
            "notes.read": { "access": ["read"], "tier": "low" }
          },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "medium", "grants": [ { "id": "all", "tools": "notes.*", "access": ["read", "write", "delete"] } ] } }
        }
        """;

    public static GuardrailPipeline Start(IAuditSink sink, Action<GuardrailOptions>? configure = null)
    {
        var options = new GuardrailOptions { Policy = GuardrailPolicy.Parse(Policy), Audit = { CommitmentKey = new byte[32] } };
        options.Sinks.Add(new AuditSinkRegistration(sink));
        options.Approver = new CallbackApprover(static (_, _) => new(ApprovalResponse.ApproveUnproven()));
        configure?.Invoke(options);
        return GuardrailPipeline.Create(options);
    }
}
