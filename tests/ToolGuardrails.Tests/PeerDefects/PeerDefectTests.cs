using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Tests.PeerDefects;

/// <summary>Ten defects that were reproduced in another toolkit, each as what must hold here.</summary>
public sealed class PeerDefectTests
{
    private const string Policy = """
        { "version": 1, "name": "peer",
          "tools": {
            "db.run": { "access": ["read"], "tier": "low", "arguments": { "verb": "string?", "amount": "any?", "items": "any?" } },
            "delete_resource": { "access": ["read"], "tier": "low" },
            "free": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [ { "id": "all", "tools": "*" } ] } },
          "deny": [
            { "id": "verbs", "tools": "db.run", "where": { "arg.verb": { "in": ["drop", "delete", "truncate"] } } },
            { "id": "large", "tools": "db.run", "where": { "arg.amount": { "over": 1000 } } },
            { "id": "listed", "tools": "db.run", "where": { "arg.items": { "equals": "secret" } } },
            { "id": "never", "tools": "delete_resource" } ] }
        """;

    [Theory]
    [InlineData("drop", Effect.Deny)]
    [InlineData("delete", Effect.Deny)]
    [InlineData("truncate", Effect.Deny)]
    [InlineData("select", Effect.Allow)]
    public Task Defect_1_a_list_of_literals_is_matched(string verb, Effect expected) =>
        AssertAsync("db.run", $$"""{"verb":"{{verb}}","amount":1,"items":"x"}""", expected);

    [Fact]
    public async Task Defect_2_an_argument_never_becomes_a_fact_of_the_policy()
    {
        const string policy = """
            { "version": 1, "name": "facts", "facts": { "approved": false, "allowed": "read_only" },
              "tools": {
                "guarded": { "access": ["read"], "tier": "low", "arguments": { "name": "string" } },
                "open": { "access": ["read"], "tier": "low" } },
              "agents": { "clerk": { "owner": "Ada", "tier": "low", "grants": [
                { "id": "a", "tools": "*", "where": { "any": [ { "ctx.approved": { "equals": true } }, { "ctx.allowed": { "equals": "delete_all" } }, { "ctx.agent": { "equals": "admin" } } ] } } ] } } }
            """;
        await using GovernedHost host = GovernedHost.Start(policy);
        foreach (string smuggled in new[]
        {
            """{"approved":true}""", """{"ctx.approved":true,"ctx.allowed":"delete_all"}""", """{"ctx":{"approved":true,"agent":"admin"}}""", """{"agent":"admin"}""", """{"facts":{"approved":true}}""", """{"arg":{"ctx.approved":true}}""",
        })
        {
            Assert.Equal(DecisionCodes.ScopeNoGrant, (await host.Session().EvaluateAsync("open", ToolArguments.FromJson(smuggled))).Code);
            Assert.Equal(Effect.Deny, (await host.Session().EvaluateAsync("guarded", ToolArguments.FromJson(smuggled))).Effect);
        }
    }

    [CultureTheory]
    [InlineData("fr-FR")]
    [InlineData("de-DE")]
    [InlineData("tr-TR")]
    [InlineData("")]
    public async Task Defect_3_a_number_is_read_the_same_under_every_culture_and_a_text_is_no_number(string culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture);
            foreach (string amount in new[] { "1500", "1500.0", "1.5e3", "1e1000000", "\"1500.0\"", "\"1,500\"", "\"1.500\"", "\"NaN\"", "\"Infinity\"", "\"0x7D0\"", "\"１５００\"", "\"\"", "null", "true", "{}", "[1500]", "[1,1500]", "[]" })
            {
                await AssertAsync("db.run", $$"""{"verb":"select","amount":{{amount}},"items":"x"}""", Effect.Deny);
            }

            foreach (string amount in new[] { "1000", "999.999", "-1500", "1000.000" })
            {
                await AssertAsync("db.run", $$"""{"verb":"select","amount":{{amount}},"items":"x"}""", Effect.Allow);
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Theory]
    [InlineData("Delete_Resource")]
    [InlineData("delete_resource ")]
    [InlineData("delete_resource\t")]
    [InlineData("delete_resource\u200b")]
    [InlineData("d\u0435lete_resource")]
    [InlineData("ｄelete_resource")]
    [InlineData("delete\u00ad_resource")]
    [InlineData("delete_resource\0")]
    [InlineData("delete_resource")]
    public Task Defect_4_no_spelling_of_a_forbidden_tool_is_allowed(string tool) => AssertAsync(tool, "{}", Effect.Deny);

    [Theory]
    [InlineData("""{ "arg.verb": { "=": "drop" } }""")]
    [InlineData("""{ "arg.verb": { "matches": "drop.*" } }""")]
    [InlineData("""{ "arg.verb": "drop" }""")]
    [InlineData("""{ "verb": { "equals": "drop" } }""")]
    [InlineData("""{ "arg.verb": { "not": { "equals": "drop" } } }""")]
    [InlineData("""{ "or": [ { "arg.verb": { "equals": "drop" } } ] }""")]
    [InlineData("""{ "arg.verb": { "in": "['drop','delete']" } }""")]
    [InlineData("""{ "arg.verb": { "equals": ["drop"] } }""")]
    [InlineData("""{ "arg.amount": { "over": "1000" } }""")]
    [InlineData("""{ "arg.amount": { "over": null } }""")]
    [InlineData("""{ "arg.verb": {} }""")]
    [InlineData("""{ "arg.vreb": { "equals": "drop" } }""")]
    [InlineData("""{ "ctx.envrionment": { "equals": "production" } }""")]
    [InlineData("\"verb in ['drop']\"")]
    [InlineData("[]")]
    [InlineData("null")]
    public void Defect_5_a_deny_that_is_not_understood_does_not_load(string where) => Assert.Throws<GuardrailPolicyException>(() =>
        GuardrailPolicy.Parse(Policy.Replace("""{ "id": "never", "tools": "delete_resource" }""", $$"""{ "id": "never", "tools": "db.run", "where": {{where}} }""", StringComparison.Ordinal)));

    [Fact]
    public async Task Defect_6_elements_and_nested_lists_are_looked_into()
    {
        using JsonDocument document = JsonDocument.Parse("""["x",["secret"],{"k":"secret"},"secret"]""");
        JsonElement list = document.RootElement;
        object[] hiding = [list[3], list, new object[] { "x", "secret" }, new List<object?> { list[3] }, new object[] { new object[] { "secret" } }, new Dictionary<string, object?> { ["k"] = "secret" }, list[1], list[2]];
        await using GovernedHost host = GovernedHost.Start(Policy);
        foreach (object items in hiding)
        {
            var arguments = new Dictionary<string, object?> { ["verb"] = "select", ["amount"] = 1, ["items"] = items };
            Assert.Equal(DecisionCodes.ScopeDenied, (await host.Session().EvaluateAsync("db.run", arguments)).Code);
        }

        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("db.run", new Dictionary<string, object?> { ["verb"] = "select", ["amount"] = 1, ["items"] = list[0] })).Effect);
    }

    [Fact]
    public async Task Defect_7_arguments_that_are_no_dictionary_are_seen_one_by_one()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Assert.Equal("deny:verbs", (await host.Session().EvaluateAsync("db.run", ToolArguments.FromDictionary(new PairsOnly(("verb", "drop"), ("amount", 1), ("items", "x"))))).Reason.RuleId);
        Assert.Equal(Effect.Allow, (await host.Session().EvaluateAsync("db.run", ToolArguments.FromDictionary(new PairsOnly(("verb", "select"), ("amount", 1), ("items", "x"))))).Effect);
    }

    [Fact]
    public async Task Defect_8_no_two_records_are_bound_by_the_same_bytes()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        (string, string)[] pairs = [("a|b", "c"), ("a", "b|c"), ("a\",\"b\":\"", "c"), ("a", ""), ("", "a")];
        foreach ((string one, string two) in pairs)
        {
            await host.Session().InvokeAsync("free", new Dictionary<string, object?> { ["one"] = one, ["two"] = two }, static (_, _) => ValueTask.CompletedTask);
        }

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(pairs.Length, records.Select(static r => r.GetString("args_c")).Distinct(StringComparer.Ordinal).Count());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Defect_9_a_required_sink_that_fails_denies_the_call(bool asynchronous)
    {
        var disk = new ThrowingSink { Asynchronous = asynchronous, Highest = AuditAcknowledgement.Sealed };
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o =>
        {
            o.Sinks.Add(new AuditSinkRegistration(disk));
            o.Approver = new CallbackApprover(static (r, _) => new(ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://id.example", "rosa"), ["sre"]), r.ShortDigest)));
        });
        bool ran = false;
        ToolOutcome<NoResult> outcome = await host.Session().InvokeAsync("prod.write", ToolArguments.FromJson("""{"rows":1}"""), (_, _) =>
        {
            ran = true;
            return ValueTask.CompletedTask;
        });
        Assert.False(ran);
        Assert.Equal((Effect.Deny, DecisionCodes.AuditUnavailable), (outcome.Decision.Effect, outcome.Decision.Code));
        Assert.True(disk.Attempts > 0);
    }

    [Fact]
    public async Task Defect_10_what_is_withdrawn_holds_for_the_very_next_call()
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        AgentSession session = host.Session();
        ToolBinding bound = session.Bind("free");
        Assert.Equal(Effect.Allow, (await bound.EvaluateAsync(ToolArguments.Empty)).Effect);
        host.Pipeline.Publish(GuardrailPolicy.Parse(Policy.Replace("\"tools\": \"delete_resource\"", "\"tools\": \"*\"", StringComparison.Ordinal)));
        Assert.Equal(DecisionCodes.ScopeDenied, (await bound.EvaluateAsync(ToolArguments.Empty)).Code);
        host.Pipeline.Publish(null);
        Assert.Equal(DecisionCodes.PolicyMissing, (await bound.EvaluateAsync(ToolArguments.Empty)).Code);
        session.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await bound.EvaluateAsync(ToolArguments.Empty));
    }

    private static async Task AssertAsync(string tool, string arguments, Effect expected)
    {
        await using GovernedHost host = GovernedHost.Start(Policy);
        Decision decision = await host.Session().EvaluateAsync(tool, ToolArguments.FromJson(arguments));
        Assert.True(expected == decision.Effect, $"{tool} {arguments}: {decision}");
    }
}
