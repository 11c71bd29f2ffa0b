using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>One run of a server's handler with what was judged.</summary>
/// <param name="next">The filters of the host's own, and the handler.</param>
/// <param name="request">The request.</param>
/// <param name="judgedParams">Makes the parameters out of the judged arguments, anew each time.</param>
/// <param name="asksTheSame">Whether two parameters ask for the same.</param>
/// <param name="read">The result as guards, projection and the log see it.</param>
internal sealed class JudgedRun<TParams, TResult>(
    McpRequestHandler<TParams, TResult> next,
    RequestContext<TParams> request,
    Func<ToolArguments, TParams> judgedParams,
    Func<TParams, TParams, bool> asksTheSame,
    Func<TResult, ToolResult> read)
{
    private static readonly string Key = typeof(JudgedRun<TParams, TResult>).ToString();

    private readonly IMcpServerPrimitive? _primitive = request.MatchedPrimitive;
    private TParams? _judged;
    private int _entered;

    /// <summary>What the handler returned.</summary>
    public TResult? Value { get; private set; }

    /// <summary>The same as guards and the log see it.</summary>
    public ToolResult Stated { get; private set; }

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments judged, CancellationToken cancellationToken)
    {
        _judged = judgedParams(judged);
        request.Params = judgedParams(judged); // Another one, which filters may write into.
        request.Items[Key] = this;
        try
        {
            Value = await next(request, cancellationToken);
        }
        finally
        {
            request.Items.Remove(Key);
        }

        return Stated = Read(Value);
    }

    /// <summary>Whether all of the result passes.</summary>
    public bool IsWhole(ToolResult passed) => passed.Kind == Stated.Kind && passed.Utf8.Equals(Stated.Utf8);

    /// <summary>The last step before the handler: it runs once for each decision, and with what the decision was about (law 2).</summary>
    /// <returns>What is wrong; null where nothing is.</returns>
    public static string? Enter(RequestContext<TParams> request) =>
        !request.Items.TryGetValue(Key, out object? run) || run is not JudgedRun<TParams, TResult> current ? "The request reached the server's handler without a decision; hand on the RequestContext that a filter was given."
        : Interlocked.Exchange(ref current._entered, 1) != 0 ? "A filter tried to run one request twice on one decision; each try has to be a request of its own."
        : request.MatchedPrimitive != current._primitive || current.Differs(request.Params) ? "A filter changed a request after it had been decided; change requests outside of the guarded server, or in the handler."
        : null;

    private bool Differs(TParams parameters) => parameters is null || !asksTheSame(_judged!, parameters);

    // The handler has run: what can't be written must not turn into an exception now.
    private ToolResult Read(TResult value)
    {
        try
        {
            return read(value);
        }
        catch (Exception)
        {
            return default;
        }
    }
}
