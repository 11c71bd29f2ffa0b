using System.Runtime.CompilerServices;

namespace ToolGuardrails;

// The calls by name. Each is the call of the same shape on the tool's binding.
public sealed partial class AgentSession
{
    /// <summary>Runs a tool if the policy, the guards and where needed a human allow it. A denial is an outcome, not an exception.</summary>
    /// <typeparam name="T">What the tool returns.</typeparam>
    /// <param name="tool">The tool's id, as the policy has it.</param>
    /// <param name="arguments">What the model proposed.</param>
    /// <param name="run">The tool; it receives the judged arguments, and is not called unless the call is allowed.</param>
    /// <param name="cancellationToken">Cancels the call; what happened until then is recorded.</param>
    /// <exception cref="OperationCanceledException">The caller cancelled.</exception>
    /// <exception cref="Exception">Whatever the tool throws, after its failure has been recorded.</exception>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask<T>> run, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, options, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, Task<T>> run, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    public ValueTask<ToolOutcome<T>> InvokeAsync<T>(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, Task<T>> run, ToolCallOptions<T> options, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, options, cancellationToken);

    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    /// <remarks><c>TState</c>: what the tool needs besides its arguments; with a static lambda, nothing is captured; <c>state</c>: handed to the tool; <c>options</c>: the call's id at the model, and the contract of the result.</remarks>
    public ValueTask<ToolOutcome<T>> InvokeAsync<TState, T>(string tool, ToolArguments arguments, TState state, Func<TState, ToolArguments, CancellationToken, ValueTask<T>> run, ToolCallOptions<T> options = default, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, state, run, options, cancellationToken);

    /// <summary>Runs a tool that returns nothing.</summary>
    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    [OverloadResolutionPriority(1)]
    public ValueTask<ToolOutcome<NoResult>> InvokeAsync(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, ValueTask> run, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, cancellationToken);

    /// <summary>Runs a tool that returns nothing.</summary>
    /// <inheritdoc cref="InvokeAsync{T}(string, ToolArguments, Func{ToolArguments, CancellationToken, ValueTask{T}}, CancellationToken)"/>
    public ValueTask<ToolOutcome<NoResult>> InvokeAsync(string tool, ToolArguments arguments, Func<ToolArguments, CancellationToken, Task> run, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeAsync(arguments, run, cancellationToken);

    /// <inheritdoc cref="ToolBinding.InvokeSynchronousAsync{T}"/>
    /// <remarks><c>tool</c>: the tool's id, as the policy has it; <c>run</c>: the tool.</remarks>
    public ValueTask<ToolOutcome<T>> InvokeSynchronousAsync<T>(string tool, ToolArguments arguments, Func<ToolArguments, T> run, CancellationToken cancellationToken = default) =>
        Bind(tool).InvokeSynchronousAsync(arguments, run, cancellationToken);

    /// <inheritdoc cref="ToolBinding.EvaluateAsync"/>
    /// <remarks><c>tool</c>: the tool's id, as the policy has it.</remarks>
    public ValueTask<Decision> EvaluateAsync(string tool, ToolArguments arguments, CancellationToken cancellationToken = default) =>
        Bind(tool).EvaluateAsync(arguments, cancellationToken);

    /// <inheritdoc cref="ToolBinding.AuthorizeAsync"/>
    /// <remarks><c>tool</c>: the tool's id, as the policy has it.</remarks>
    public ValueTask<ToolAuthorization> AuthorizeAsync(string tool, ToolArguments arguments, string? toolUseId = null, CancellationToken cancellationToken = default) =>
        Bind(tool).AuthorizeAsync(arguments, toolUseId, cancellationToken);
}
