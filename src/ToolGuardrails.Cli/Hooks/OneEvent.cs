namespace ToolGuardrails.Cli.Hooks;

/// <summary>Reads one event and answers it; whatever goes wrong denies (law 5).</summary>
/// <param name="options">The hook's options.</param>
/// <param name="time">The clock.</param>
/// <param name="warm">What is open already; null where the log is opened for this event alone.</param>
internal sealed class OneEvent(HookOptions options, TimeProvider time, OpenHook? warm = null)
{
    private const int MostInput = 16 * 1024 * 1024;

    // What is left of the deadline to say so, once the log or people have taken the rest.
    private static readonly TimeSpan Reserve = TimeSpan.FromSeconds(2);

    private readonly long _began = time.GetTimestamp();
    private HookEvent? _told;

    private TimeSpan Left => options.Deadline - time.GetElapsedTime(_began);

    private TimeSpan Patience => Left - (options.Deadline / 2 < Reserve ? options.Deadline / 2 : Reserve);

    /// <summary>Answers. Never throws.</summary>
    /// <param name="input">The event.</param>
    /// <param name="cancellationToken">Whether the process is told to end.</param>
    public async Task<HookAnswer> RunAsync(Stream input, CancellationToken cancellationToken)
    {
        try
        {
            // Elsewhere, so that whatever hangs there, the deadline here passes.
            Task<HookAnswer> answering = Task.Run(() => AnswerAsync(input, cancellationToken), CancellationToken.None);
            return await answering.WaitAsync(options.Deadline, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            return Deny($"The hook had no answer after {options.Deadline}.");
        }
        catch (OperationCanceledException)
        {
            return Deny("The hook was told to end before it had an answer.");
        }
        catch (Exception e)
        {
            return Deny(GuardrailsCommand.SentenceOf(e));
        }
    }

    private HookAnswer Deny(string why) =>
        HookAnswer.Deny(_told?.Name, $"{(_told?.Tool is null ? "This" : $"The call of '{_told.Tool}'")} can't be governed now, so the answer is no. {why}", _told);

    private async Task<HookAnswer> AnswerAsync(Stream input, CancellationToken cancellationToken)
    {
        HookEvent told = _told = HookEvent.Read(await ReadAsync(input, cancellationToken).ConfigureAwait(false));
        if (warm is not null)
        {
            return await AnswerAsync(t => warm.Desk.AnswerAsync(told, t), options.Store is null ? null : warm.Pipeline.Approvals, cancellationToken).ConfigureAwait(false);
        }

        GuardrailPolicy policy = PolicyFile.Load(options.Policy, cancellationToken);
        using SqliteGuardrailStore? store = options.Store is { } file ? StoreFile.Open(file, create: false, cancellationToken) : null;

        // Closed before anybody is told: then all of it is on disk. And while people are waited for, other hooks have their turn.
        return await AnswerAsync(t => AskAsync(told, policy, store, t), store is null ? null : new ApprovalInbox(store, store, time), cancellationToken).ConfigureAwait(false);
    }

    // Whoever has decided, the call is judged anew by what the store then has.
    private async Task<HookAnswer> AnswerAsync(Func<CancellationToken, Task<HookAnswer>> ask, ApprovalInbox? inbox, CancellationToken cancellationToken)
    {
        while (true)
        {
            HookAnswer answer = await ask(cancellationToken).ConfigureAwait(false);
            if (answer.Request is not { } request || inbox is null || options.Approval == ApprovalWay.Defer || !await IsDecidedAsync(inbox, request, cancellationToken).ConfigureAwait(false))
            {
                return answer;
            }
        }
    }

    private async Task<HookAnswer> AskAsync(HookEvent told, GuardrailPolicy policy, SqliteGuardrailStore? store, CancellationToken cancellationToken)
    {
        OpenHook open = await OpenHook.OpenAsync(options, policy, store, Patience, time).ConfigureAwait(false);
        await using (open.ConfigureAwait(false))
        {
            return await open.Desk.AnswerAsync(told, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<bool> IsDecidedAsync(ApprovalInbox inbox, string request, CancellationToken cancellationToken)
    {
        if (Patience <= TimeSpan.Zero)
        {
            return false;
        }

        using var over = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(over.Token, cancellationToken);
        try
        {
            return await inbox.WaitAsync(request, either.Token).ConfigureAwait(false) is not null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAsync(Stream input, CancellationToken cancellationToken)
    {
        using var read = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int count; (count = await input.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
        {
            read.Write(buffer, 0, count);
            if (read.Length > MostInput)
            {
                throw new CommandException($"The event has more than {MostInput} bytes.");
            }
        }

        return read.GetBuffer().AsMemory(0, (int)read.Length);
    }
}
