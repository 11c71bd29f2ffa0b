using System.Diagnostics.CodeAnalysis;
using ToolGuardrails.Approval;

namespace ToolGuardrails;

/// <summary>Asks on a terminal. Only <c>y</c> or <c>yes</c> approves; anything else, and the end of the input, rejects.</summary>
/// <remarks>
/// A terminal can't prove who sits at it: its yes counts as the person the call is made for, where the policy lists <c>subject</c>, and never at tier High or a per-call gate, which it rejects without asking.
/// Requests are asked one at a time. A question that lapses while it is asked is never answered by a later line.
/// </remarks>
[SuppressMessage("Design", "CA1001", Justification = "The semaphore's wait handle is never asked for, so it holds nothing to release.")]
public sealed class ConsoleApprover : IApprover
{
    private const string NoProof = "A terminal can't prove who sits at it, so it can't approve a call of tier High.";

    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly TextReader? _input;
    private readonly TextWriter? _output;
    private Task<string?>? _lapsed;

    /// <summary>Asks on the process's own console. Where its input or output is redirected nobody is there to read or answer, and the answer is <see cref="ApprovalAnswer.Defer"/>.</summary>
    public ConsoleApprover()
    {
    }

    /// <summary>Asks on the given terminal, which is always taken as attended.</summary>
    /// <param name="input">Where answers are read, one a line. It isn't disposed.</param>
    /// <param name="output">Where requests are shown. It isn't disposed.</param>
    public ConsoleApprover(TextReader input, TextWriter output)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(output);
        _input = input;
        _output = output;
    }

    internal Func<bool> IsUnattended { private get; init; } = static () => Console.IsInputRedirected || Console.IsOutputRedirected;

    /// <inheritdoc/>
    public async ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (_input is null && IsUnattended())
        {
            return ApprovalResponse.Defer();
        }

        await _turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return await AskAsync(request, _input ?? Console.In, _output ?? Console.Out, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask<ApprovalResponse> AskAsync(ApprovalRequest request, TextReader input, TextWriter output, CancellationToken cancellationToken)
    {
        if (ApproverRules.NeedsProof(request))
        {
            await ShowAsync(output, $"{request.ToText()}{NoProof}\n", cancellationToken).ConfigureAwait(false);
            return ApprovalResponse.Defer();
        }

        await DropLapsedLineAsync(output, cancellationToken).ConfigureAwait(false);
        DropTypedAhead();
        await ShowAsync(output, $"{request.ToText()}Approve? [y/N] ", cancellationToken).ConfigureAwait(false);
        string? line = await ReadAsync(input, cancellationToken).ConfigureAwait(false);
        if (line is null)
        {
            return ApprovalResponse.Reject("The terminal's input has ended.");
        }

        string answer = line.Trim();
        return answer.Equals("y", StringComparison.OrdinalIgnoreCase) || answer.Equals("yes", StringComparison.OrdinalIgnoreCase)
            ? ApprovalResponse.ApproveUnproven()
            : ApprovalResponse.Reject("The person at the terminal didn't say yes.");
    }

    // A console's own ReadLineAsync blocks and can't be cancelled, so it runs elsewhere and is left behind when the question lapses.
    private async ValueTask<string?> ReadAsync(TextReader input, CancellationToken cancellationToken)
    {
        Task<string?> read = Task.Run(() => input.ReadLineAsync(cancellationToken).AsTask(), cancellationToken);
        _lapsed = read;
        string? line = await read.WaitAsync(cancellationToken).ConfigureAwait(false);
        _lapsed = null;
        return line;
    }

    // The line that ends a read left behind was meant for another request, so it answers none.
    private async ValueTask DropLapsedLineAsync(TextWriter output, CancellationToken cancellationToken)
    {
        if (_lapsed is not { } lapsed)
        {
            return;
        }

        if (!lapsed.IsCompleted)
        {
            await ShowAsync(output, "\nThe last question has lapsed. Press Enter for the next one. ", cancellationToken).ConfigureAwait(false);
            await ((Task)lapsed).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            cancellationToken.ThrowIfCancellationRequested();
        }

        _lapsed = null;
    }

    // What was typed before the question was shown can't be its answer.
    private void DropTypedAhead()
    {
        while (_input is null && Console.KeyAvailable)
        {
            Console.ReadKey(intercept: true);
        }
    }

    private static async ValueTask ShowAsync(TextWriter output, string text, CancellationToken cancellationToken)
    {
        await output.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
        await output.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
