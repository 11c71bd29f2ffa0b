using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.DependencyInjection;

/// <summary>Fills the options from the services, after everything that the host configured itself.</summary>
internal sealed class GuardrailOptionsSetup(IServiceProvider services) : IPostConfigureOptions<GuardrailOptions>, IDisposable
{
    private const string DefaultAuditFile = "audit/audit.jsonl";
    private readonly List<IDisposable> _made = [];

    public void PostConfigure(string? name, GuardrailOptions options)
    {
        options.TimeProvider = services.GetService<TimeProvider>() ?? options.TimeProvider;
        options.LoggerFactory ??= services.GetService<ILoggerFactory>();
        string root = Path.GetFullPath(options.ContentRoot ?? Directory.GetCurrentDirectory());
        AddPolicy(options, root);
        Add(options.Guards, services.GetServices<IToolGuard>());
        Add(options.ResultGuards, services.GetServices<IToolResultGuard>());
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

        foreach (PolicySource source in sources)
        {
            var builder = new GuardrailPolicyBuilder();
            source.Configure(builder);
            options.Policy = builder.Build(root);
        }
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
        SinkSource[] sources = [.. services.GetServices<SinkSource>()];
        if (options.Sinks.Count == 0 && Array.TrueForAll(sources, static s => s.KeepsDefault))
        {
            options.Sinks.Add(new AuditSinkRegistration(Made(new JsonLinesAuditSink(Path.GetFullPath(DefaultAuditFile, root)))));
        }

        foreach (SinkSource source in sources)
        {
            IAuditSink sink = source.Make(services, root);
            options.Sinks.Add(new AuditSinkRegistration(sink is JsonLinesAuditSink file ? Made(file) : sink, source.Requirement));
        }
    }

    private JsonLinesAuditSink Made(JsonLinesAuditSink file)
    {
        _made.Add(file);
        return file;
    }

    private static void Add<T>(IList<T> to, IEnumerable<T> from)
    {
        foreach (T item in from)
        {
            to.Add(item);
        }
    }
}
