namespace ToolGuardrails.DependencyInjection;

/// <summary>Makes a sink once the services and the content root are known.</summary>
internal sealed record SinkSource(Func<SinkPlace, IAuditSink> Make, AuditRequirement Requirement)
{
    /// <summary>Whether the default file stays in place beside this sink.</summary>
    public bool KeepsDefault { get; init; }

    /// <summary>Whether the sink is made here, and so ends with the services.</summary>
    public bool Owned { get; init; }
}

/// <summary>What a sink that is made here may need.</summary>
internal sealed record SinkPlace(IServiceProvider Services, GuardrailOptions Options, string Root);

/// <summary>What a host said about its policy.</summary>
internal sealed record PolicySource(Action<GuardrailPolicyBuilder> Configure);
