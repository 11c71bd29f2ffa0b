using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Everything a pipeline is made of. With dependency injection, <c>AddGuardrails()</c> fills it; without, hand it to <see cref="GuardrailPipeline.Create"/>.</summary>
public sealed class GuardrailOptions
{
    /// <summary>The policy.</summary>
    /// <value>Null: everything is denied.</value>
    public GuardrailPolicy? Policy { get; set; }

    /// <summary>The digest that the policy must have, as <c>sha256:</c> and 64 hex digits. Any other policy is refused (T28).</summary>
    /// <value>Null: any.</value>
    public string? PinnedPolicyDigest { get; set; }

    /// <summary>The host's guards, asked in this order.</summary>
    public IList<IToolGuard> Guards { get; } = [];

    /// <summary>The host's result guards, asked in this order.</summary>
    public IList<IToolResultGuard> ResultGuards { get; } = [];

    /// <summary>Asks a human while the call waits.</summary>
    /// <value>Null: a call that needs approval ends as pending.</value>
    public IApprover? Approver { get; set; }

    /// <summary>Where records go. At least one sink must be required.</summary>
    public IList<AuditSinkRegistration> Sinks { get; } = [];

    /// <summary>How records are made.</summary>
    public AuditOptions Audit { get; } = new();

    /// <summary>How large arguments may be. <see cref="ToolArguments"/> made elsewhere are held to their own limits and to these.</summary>
    /// <value><see cref="ArgumentLimits.Default"/>.</value>
    public ArgumentLimits ArgumentLimits { get; set; } = ArgumentLimits.Default;

    /// <summary>How long a guard that doesn't answer at once may take. A guard that answers synchronously isn't timed.</summary>
    /// <value>5 seconds.</value>
    public TimeSpan GuardTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>What relative paths are resolved against.</summary>
    /// <value>Null: the current directory, which is a host's content root by default.</value>
    public string? ContentRoot { get; set; }

    /// <summary>The clock.</summary>
    /// <value>The system's.</value>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Where the library reports its own troubles.</summary>
    /// <value>Null: nowhere.</value>
    public ILoggerFactory? LoggerFactory { get; set; }
}
