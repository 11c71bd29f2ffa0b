using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>A tool that runs at most once: here, or elsewhere after the call was authorised. It says what the caller got.</summary>
/// <param name="result">What it returns.</param>
/// <param name="isElsewhere">Whether it runs elsewhere.</param>
internal sealed class ReferenceToolRun(string result, bool isElsewhere)
{
    private int _ran;
    private bool _isPending;
    private JsonElement? _passed;
    private string? _withheld;

    public string Result => result;

    public Decision Decision { get; private set; }

    public Task MakeAsync(AgentSession session, ReferenceCall call) => isElsewhere ? AuthorizeAsync(session, call) : InvokeAsync(session, call);

    /// <summary>Whether the caller got what it should have.</summary>
    public bool IsAs(Expected expected, string? passes) =>
        _ran == (expected.Runs ? 1 : 0)
        && _isPending == (expected is { Effect: Effect.RequireApproval, IsLetThrough: false })
        && _withheld == (expected.Runs && passes is null ? DecisionCodes.ResultNoFields : null)
        && (passes is null ? _passed is null : _passed is { } passed && JsonElement.DeepEquals(JsonElement.Parse(passes), passed));

    public override string ToString() => $"passed:   {_passed}\nresult:   {result}\nran {_ran}, elsewhere: {isElsewhere}, pending: {_isPending}, withheld: {_withheld}";

    private async Task InvokeAsync(AgentSession session, ReferenceCall call)
    {
        int started = 0;
        ToolOutcome<JsonElement> outcome = await session.InvokeAsync(call.Tool, ToolArguments.FromJson(call.Arguments), (_, _) =>
        {
            started++;
            return new ValueTask<JsonElement>(JsonElement.Parse(result));
        });
        Assert.Equal(started == 1, outcome.Executed);
        (_ran, _isPending, _withheld, Decision) = (started, outcome.PendingApproval is not null, outcome.Withheld?.Code, outcome.Decision);
        _passed = outcome.HasValue ? outcome.Value : null;
    }

    private async Task AuthorizeAsync(AgentSession session, ReferenceCall call)
    {
        ToolAuthorization authorized = await session.AuthorizeAsync(call.Tool, ToolArguments.FromJson(call.Arguments));
        (_isPending, Decision) = (authorized.PendingApproval is not null, authorized.Decision);
        if (authorized.Token is { } token)
        {
            _ran++;
            ToolCompletion completion = await session.CompleteAsync(token, ToolResult.FromJson(Encoding.UTF8.GetBytes(result)), ToolArguments.FromJson(call.Arguments));
            _withheld = completion.Withheld?.Code;
            _passed = completion.MayPass ? JsonElement.Parse(completion.Result.Utf8.Span) : null;
        }
    }
}
