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

    /// <summary>How many bytes a result may have, as UTF-8. A larger one is withheld (<c>result.too-large</c>). Not measured where the result type has no JSON contract.</summary>
    /// <value>4 MiB; at least 1,024.</value>
    public int MaxResultBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>Where suspensions are kept.</summary>
    /// <value>Null: in memory, so that they end with the process.</value>
    public ISuspensionStore? SuspensionStore { get; set; }

    /// <summary>Where the calls that budgets limit are counted.</summary>
    /// <value>Null: in memory.</value>
    public IBudgetStore? BudgetStore { get; set; }

    /// <summary>Where approval requests are kept.</summary>
    /// <value>Null: in memory, so that they end with the process.</value>
    public IApprovalStore? ApprovalStore { get; set; }

    /// <summary>Where elevations and standing approvals are kept.</summary>
    /// <value>Null: in memory, so that they end with the process.</value>
    public IGrantStore? GrantStore { get; set; }

    /// <summary>Gets the credentials that the policy's grants name.</summary>
    /// <value>Null: a policy that names one is refused.</value>
    public ICredentialBroker? CredentialBroker { get; set; }

    /// <summary>Who tells people that a request waits.</summary>
    public IList<IApprovalNotifier> ApprovalNotifiers { get; } = [];

    /// <summary>How long a per-call request has to be open before an approval counts: nobody can have read it sooner (T37).</summary>
    /// <value>1 second; zero turns it off.</value>
    public TimeSpan MinimumApprovalTime { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>A policy file that is watched while the pipeline runs: a policy that loads takes the place of the one in force, one that doesn't is recorded and refused. Set by <see cref="GuardrailPolicyBuilder.LoadFile(string, bool)"/>.</summary>
    /// <value>Null: the policy stays.</value>
    public string? ReloadPolicyFile { get; set; }

    /// <summary>How often <see cref="ReloadPolicyFile"/>, and stores that the host has set, are looked at.</summary>
    /// <value>1 second.</value>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(1);

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
