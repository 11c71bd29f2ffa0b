using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.DependencyInjection;

/// <summary>Fills the options from the services, after everything that the host configured itself.</summary>
internal sealed class GuardrailOptionsSetup(IServiceProvider services) : IPostConfigureOptions<GuardrailOptions>, IDisposable
{
    private const string DefaultAuditLog = "audit";
    private readonly List<IDisposable> _made = [];
    private GuardrailPolicy? _policy;
    private string? _reloadFile;
    private AuditSinkRegistration[]? _sinks;

    public void PostConfigure(string? name, GuardrailOptions options)
    {
        options.TimeProvider = options.TimeProvider == TimeProvider.System ? services.GetService<TimeProvider>() ?? TimeProvider.System : options.TimeProvider;
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        string root = Path.GetFullPath(options.ContentRoot ?? Directory.GetCurrentDirectory());
        AddPolicy(options, root);
        options.SuspensionStore ??= services.GetService<ISuspensionStore>();
        options.BudgetStore ??= services.GetService<IBudgetStore>();
        options.ApprovalStore ??= services.GetService<IApprovalStore>();
        options.GrantStore ??= services.GetService<IGrantStore>();
        Add(options.Guards, services.GetServices<IToolGuard>());
        Add(options.ResultGuards, services.GetServices<IToolResultGuard>());
        options.CredentialBroker ??= services.GetService<ICredentialBroker>();
        Add(options.ApprovalNotifiers, services.GetServices<IApprovalNotifier>());
        AddApprover(options);
        AddSinks(options, root);
    }

    // Files that were opened here end with the services, after the pipeline that writes to them.
    public void Dispose() => _made.ForEach(static m => m.Dispose());

    private void AddPolicy(GuardrailOptions options, string root)
    {
        PolicySource[] sources = [.. services.GetServices<PolicySource>()];
        if (sources.Length + (options.Policy is null ? 0 : 1) > 1)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(GuardrailOptions), ["More than one policy was given; one policy is in force at a time, so put them into one document."]);
        }

        // A host's check at start and the pipeline each have options of their own; the file is read once, so that what was checked is what runs.
        options.Policy ??= _policy ??= sources.Length == 0 ? null : Build(sources[0], root);
        options.ReloadPolicyFile ??= _reloadFile;
    }

    private GuardrailPolicy? Build(PolicySource source, string root)
    {
        var builder = new GuardrailPolicyBuilder();
        source.Configure(builder);
        _reloadFile = builder.ReloadFile;
        return builder.Build(root);
    }

    private void AddApprover(GuardrailOptions options)
    {
        IApprover[] approvers = [.. services.GetServices<IApprover>()];
        if (approvers.Length + (options.Approver is null ? 0 : 1) > 1)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(GuardrailOptions), ["More than one approver was added; a request is asked once, so add one that reaches everybody."]);
        }

        options.Approver ??= approvers.SingleOrDefault();
    }

    private void AddSinks(GuardrailOptions options, string root)
    {
        _sinks ??= MakeSinks(options, root);
        Add(options.Sinks, _sinks);
    }

    private AuditSinkRegistration[] MakeSinks(GuardrailOptions options, string root)
    {
        SinkSource[] sources = [.. services.GetServices<SinkSource>()];
        var place = new SinkPlace(services, options, root);
        bool isDefault = options.Sinks.Count == 0 && Array.TrueForAll(sources, static s => s.KeepsDefault);
        AuditSinkRegistration[] chosen = [.. sources.Select(s => new AuditSinkRegistration(Kept(s.Make(place), s.Owned), s.Requirement))];
        return isDefault ? [new AuditSinkRegistration(Kept(AuditLogSource.Make(place, DefaultAuditLog, configure: null), owned: true)), .. chosen] : chosen;
    }

    private IAuditSink Kept(IAuditSink sink, bool owned)
    {
        if (owned && sink is IDisposable disposable)
        {
            _made.Add(disposable);
        }

        return sink;
    }

    private static void Add<T>(IList<T> to, IEnumerable<T> from)
    {
        foreach (T item in from)
        {
            to.Add(item);
        }
    }
}
