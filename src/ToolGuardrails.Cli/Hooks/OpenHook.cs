using Microsoft.Extensions.Options;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>A pipeline over the hook's log and store, and the desk in it. While it is open, no other process writes the log.</summary>
internal sealed class OpenHook : IAsyncDisposable
{
    private static readonly TimeSpan Least = TimeSpan.FromMilliseconds(1);
    private readonly AuditLog _log;

    private OpenHook(AuditLog log, GuardrailPipeline pipeline, HookDesk desk)
    {
        _log = log;
        Pipeline = pipeline;
        Desk = desk;
    }

    public GuardrailPipeline Pipeline { get; }

    public HookDesk Desk { get; }

    /// <summary>Opens the log, waiting for other hooks to have their turn.</summary>
    /// <param name="options">The hook's options.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="store">The store; null for none.</param>
    /// <param name="patience">How long to wait for the log.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="CommandException">Something doesn't hold; the sentences say what.</exception>
    public static async Task<OpenHook> OpenAsync(HookOptions options, GuardrailPolicy policy, SqliteGuardrailStore? store, TimeSpan patience, TimeProvider time)
    {
        var log = new AuditLog(options.Audit, new AuditLogOptions { KeyDirectory = options.Keys, LockTimeout = patience > TimeSpan.Zero ? patience : Least, TimeProvider = time });
        try
        {
            PromptApprover? prompt = options.Approval == ApprovalWay.Ask ? new PromptApprover() : null;
            GuardrailPipeline pipeline = GuardrailPipeline.Create(Options(options, policy, store, log, prompt, time));
            return new OpenHook(log, pipeline, new HookDesk(pipeline, policy, new CallFolder(options.Calls, time), options, prompt));
        }
        catch (Exception e)
        {
            await log.DisposeAsync().ConfigureAwait(false);
            throw e is OptionsValidationException { Failures: var failures } ? new CommandException(string.Join(" ", failures), e) : e;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Pipeline.DisposeAsync().ConfigureAwait(false);
        await _log.DisposeAsync().ConfigureAwait(false);
    }

    private static GuardrailOptions Options(HookOptions options, GuardrailPolicy policy, SqliteGuardrailStore? store, AuditLog log, PromptApprover? prompt, TimeProvider time)
    {
        var made = new GuardrailOptions
        {
            Policy = policy,
            SuspensionStore = store,
            BudgetStore = store,
            ApprovalStore = store,
            GrantStore = store,
            Approver = prompt,
            TimeProvider = time,
        };
        made.Audit.KeyDirectory = options.Keys;

        // What is only queued is lost if this process is killed, and the call would have run.
        made.Audit.Low = AuditAcknowledgement.Written;
        made.Sinks.Add(new AuditSinkRegistration(log, AuditRequirement.Required));
        return made;
    }
}
