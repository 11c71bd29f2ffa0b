using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>The published calls through a policy generated from the published inventories: a load test of the strict reader, and every refusal by its code.</summary>
public sealed class ToolPolicyCorpusTests(ITestOutputHelper output)
{
    private static readonly Lazy<(IReadOnlyList<CorpusCall> Calls, CorpusPolicy Policy, string Json)> Published = new(static () =>
    {
        IReadOnlyList<CorpusCall> calls = CorpusCall.ReadAll();
        var policy = new CorpusPolicy(CorpusTool.ReadAll(), calls);
        return (calls, policy, policy.ToJson());
    });

    private static readonly string[] Malformed =
    [
        DecisionCodes.ArgumentsMalformed, DecisionCodes.ArgumentsNotObject, DecisionCodes.ArgumentsDuplicateName, DecisionCodes.ArgumentsInvalidText,
        DecisionCodes.ArgumentsTooDeep, DecisionCodes.ArgumentsTooMany, DecisionCodes.ArgumentsTooLarge,
    ];

    [CorpusFact]
    public void A_policy_of_every_published_tool_loads_through_the_strict_reader()
    {
        (_, CorpusPolicy generated, string json) = Published.Value;
        GuardrailPolicy policy = GuardrailPolicy.Parse(json);

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{generated.Tools.Count()} tools, {generated.Listed} of them from the inventories, {json.Length} characters"));
        Assert.InRange(generated.Listed, 2_500, 3_000);
        Assert.Equal(generated.Tools.Count(), JsonElement.Parse(policy.ToJson()).GetProperty("tools").GetPropertyCount());
        Assert.Equal(policy.Digest, GuardrailPolicy.Parse(policy.ToJson()).Digest);
    }

    [CorpusFact]
    public async Task Every_published_call_gets_a_decision_and_only_what_the_oracle_refuses_is_malformed()
    {
        (IReadOnlyList<CorpusCall> calls, CorpusPolicy generated, string json) = Published.Value;
        var counts = new Counts();
        var refusals = new Counts();
        await using GovernedHost host = GovernedHost.Start(json);
        AgentSession session = host.Session("caller");
        foreach (CorpusCall call in calls)
        {
            string? tool = generated.Find(call);
            Decision decision = await session.EvaluateAsync(tool ?? call.Tool, ToolArguments.FromJson(call.Arguments));
            counts.Add($"{decision.Effect} {decision.Code}");
            string? oracle = IntakeOracle.Judge(call.Utf8, ArgumentLimits.Default);
            Assert.True(oracle == (Malformed.Contains(decision.Code) ? decision.Code : null), $"line {call.Line}: {decision.Code}, the oracle says {oracle}");
            Assert.True(tool is not null || decision.Code == DecisionCodes.ScopeUnknownTool, $"line {call.Line}: {decision.Code} for a tool that the policy can't have");
            if (decision.Effect == Effect.Deny)
            {
                refusals.Add($"{decision.Code}: {call.Suite} {call.Agent}, {(tool is null ? "a name that can't be one on the wire" : call.Tool)}");
            }
        }

        counts.Write(output, "decisions");
        refusals.Write(output, "refusals");
        Assert.Equal(calls.Count, counts.Total);
        Assert.True(counts[$"{Effect.Allow} {DecisionCodes.Allowed}"] > 1_000);
        Assert.True(counts[$"{Effect.RequireApproval} {DecisionCodes.ApprovalRequired}"] > 1_000);
    }

    [CorpusFact]
    public async Task A_sample_of_the_published_calls_runs_and_each_has_exactly_its_records()
    {
        (IReadOnlyList<CorpusCall> calls, CorpusPolicy generated, string json) = Published.Value;
        CorpusCall[] sample = [.. calls.Where(static (_, i) => i % 20 == 0)];
        await using GovernedHost host = GovernedHost.Start(json);
        AgentSession session = host.Session("caller");
        var ran = new List<string>();
        var decided = new List<(string CallId, string Code)>();
        foreach (CorpusCall call in sample)
        {
            ToolOutcome<string> outcome = await session.InvokeAsync(generated.Find(call) ?? call.Tool, ToolArguments.FromJson(call.Arguments), static (_, _) => ValueTask.FromResult("done"));
            decided.Add((outcome.Decision.CallId, outcome.Decision.Code));
            Assert.Equal(outcome.Decision.Effect == Effect.Allow, outcome.Executed);
            if (outcome.Executed)
            {
                ran.Add(outcome.Decision.CallId);
            }
        }

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(decided, records.Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => (r.CallId!, r.GetString("code")!)));
        Assert.Equal(ran, records.Where(static r => r.Kind == AuditRecordKind.Outcome).Select(static r => r.CallId!));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{sample.Length} calls, {ran.Count} ran, {records.Count} records"));
        Assert.NotEmpty(ran);
    }

    [CorpusFact]
    public void A_name_that_says_an_effect_beats_a_server_that_says_read_only()
    {
        string[] claimed = [.. Published.Value.Policy.Tools.Where(static t => t.Tool.ClaimsReadOnly && !t.Tool.Class.OnlyReads).Select(static t => $"{t.Id}: {string.Join(' ', t.Tool.Class.Access)}")];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{claimed.Length} tools claim to read only and have a name that says more"));
        Assert.All(claimed, output.WriteLine);
        Assert.NotEmpty(claimed);
        Assert.All(Published.Value.Policy.Tools, static t => Assert.Equal(t.Tool.Class.OnlyReads, t.Tool.Class.Tier == "low"));
    }

    // A real server lists both like this; a tier taken from its annotations would let mail leave.
    [Theory]
    [InlineData("communication_email_send")]
    [InlineData("communication_sms_send")]
    public async Task A_tool_that_sends_and_claims_to_read_only_comes_out_as_one_that_sends(string name)
    {
        CorpusTool tool = CorpusTool.Read(JsonElement.Parse($$"""
            { "suite": "mcp-npm", "server": "azure", "tool": "{{name}}", "annotations": { "readOnlyHint": true, "destructiveHint": false },
              "inputSchema": { "type": "object", "properties": { "to": { "type": "array", "items": { "type": "string" } }, "message": { "type": "string" } }, "required": ["to", "message"] } }
            """));
        Assert.Equal(["send"], tool.Class.Access);
        var policy = new CorpusPolicy([tool], []);
        await using GovernedHost host = GovernedHost.Start(policy.ToJson());
        Decision decision = await host.Session("caller").EvaluateAsync(policy.Tools.Single().Id, ToolArguments.FromJson("""{"to":["a@evil.example"],"message":"x"}"""));

        Assert.Equal(Effect.RequireApproval, decision.Effect);
        Assert.Equal(RiskTier.High, decision.Tier);
    }
}
