using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>What a call reached: its decision before anybody is asked, and what of its result passed once somebody said yes.</summary>
/// <param name="Decision">The decision.</param>
/// <param name="Passed">What passed; null where nothing did.</param>
internal sealed record ReferencePassed(Decision Decision, JsonElement? Passed)
{
    /// <summary>Decides a call in sessions of its own and, if it may run, runs it.</summary>
    public static async Task<ReferencePassed> MakeAsync(GovernedHost host, ReferenceCall call, string result)
    {
        AgentSession session = (await ReferenceRun.StartAsync(host, call))[0];
        Decision decision = await session.EvaluateAsync(call.Tool, ToolArguments.FromJson(call.Arguments));
        if (decision is { Effect: Effect.Deny, IsAllowed: false })
        {
            return new ReferencePassed(decision, null);
        }

        ToolOutcome<JsonElement> outcome = await session.InvokeAsync(call.Tool, ToolArguments.FromJson(call.Arguments), (_, _) => new ValueTask<JsonElement>(JsonElement.Parse(result)));
        return new ReferencePassed(decision, outcome.HasValue ? outcome.Value : null);
    }

    public bool IsWithin(ReferencePassed other) =>
        Decision.Effect <= other.Decision.Effect
        && (!Decision.IsAllowed || other.Decision.IsAllowed)
        && (Passed is not { } less || (other.Passed is { } more && ReferenceProjection.IsWithin(less, more)));

    public bool IsSameAs(ReferencePassed other) =>
        Decision.Effect == other.Decision.Effect && Passed.HasValue == other.Passed.HasValue
        && (Passed is not { } value || JsonElement.DeepEquals(value, other.Passed!.Value));

    public override string ToString() => $"{Decision} {Decision.Tier}, allowed: {Decision.IsAllowed}, passed: {Passed}";
}
