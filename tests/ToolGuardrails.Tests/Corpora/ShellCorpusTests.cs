using System.Globalization;
using System.Text.Json.Nodes;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>Published verdicts on commands beside ours. We claim no more than that a command never runs unasked; how often a prefix agrees with a shell's own reading is printed, not promised.</summary>
public sealed class ShellCorpusTests(ITestOutputHelper output)
{
    [CorpusFact]
    public async Task A_command_is_in_scope_exactly_where_its_text_begins_so_and_never_runs_unasked()
    {
        var counts = new Counts();
        var wrong = new List<string>();
        foreach (ShellCase shell in ShellCase.ReadAll().Where(static c => c.Command is not null))
        {
            Decision decision = await DecideAsync(shell);
            string ours = decision.Code switch
            {
                DecisionCodes.ApprovalRequired => "allow",
                DecisionCodes.ScopeNoGrant => "approve",
                DecisionCodes.ScopeDenied => "deny",
                _ => decision.Code,
            };
            Assert.NotEqual(Effect.Allow, decision.Effect);
            Assert.True(ours == ByText(shell), $"line {shell.Line}: '{shell.Command}' is {ours}, by its text {ByText(shell)}");
            counts.Add($"published {shell.Expected}, by prefix {ours}");
            if (ours != shell.Expected)
            {
                wrong.Add($"{ours} where {shell.Expected} is right: {shell.Command}");
            }
        }

        counts.Write(output, string.Create(CultureInfo.InvariantCulture, $"{counts.Total} command lines, {counts.Total - wrong.Count} agree"));
        wrong.ForEach(output.WriteLine);

        // Why the page advises against prefixes for shells: published compound commands pass one.
        Assert.Contains(wrong, static w => w.StartsWith("allow where approve is right: git log; rm -rf /", StringComparison.Ordinal));
        Assert.Contains(wrong, static w => w.StartsWith("allow where approve is right: git log && rm -rf /", StringComparison.Ordinal));
    }

    [CorpusFact]
    public async Task A_command_given_as_a_list_is_asked_about_whatever_it_is()
    {
        var counts = new Counts();
        await using GovernedHost host = GovernedHost.Start(Policy("argv", "string[]", new JsonArray(new JsonObject { ["id"] = "all", ["tools"] = "shell", ["access"] = new JsonArray("execute") }), []));
        foreach (ShellCase shell in ShellCase.ReadAll().Where(static c => c.Argv is not null))
        {
            Decision decision = await host.Session().EvaluateAsync("shell", ToolArguments.FromJson($$"""{"argv":{{shell.Argv}}}"""));
            Assert.Equal(DecisionCodes.ApprovalRequired, decision.Code);
            counts.Add($"published {shell.Expected}, ours: a person decides");
        }

        counts.Write(output, "lists");
        Assert.InRange(counts.Total, 40, int.MaxValue);
    }

    private static async Task<Decision> DecideAsync(ShellCase shell)
    {
        var grants = new JsonArray();
        var denies = new JsonArray();
        foreach ((string text, bool exact, string decision) in shell.Rules.Where(static r => r.Decision is "allow" or "deny"))
        {
            bool allows = decision == "allow";
            JsonArray rules = allows ? grants : denies;
            rules.Add(Rule($"r{rules.Count}", exact ? "equals" : "startsWith", text, allows));
        }

        if (shell.Otherwise == "allow")
        {
            grants.Add(new JsonObject { ["id"] = "otherwise", ["tools"] = "shell", ["access"] = new JsonArray("execute") });
        }

        await using GovernedHost host = GovernedHost.Start(Policy("command", "string", grants, denies));
        return await host.Session().EvaluateAsync("shell", ToolArguments.FromDictionary(new Dictionary<string, object?> { ["command"] = shell.Command }));
    }

    // The same, said without our policy.
    private static string ByText(ShellCase shell)
    {
        string[] matched = [.. shell.Rules.Where(r => r.Exact ? shell.Command == r.Text : shell.Command!.StartsWith(r.Text, StringComparison.Ordinal)).Select(static r => r.Decision)];
        return matched.Contains("deny") ? "deny" : matched.Contains("allow") || shell.Otherwise == "allow" ? "allow" : "approve";
    }

    private static JsonObject Rule(string id, string op, string text, bool grant)
    {
        var rule = new JsonObject { ["id"] = id, ["tools"] = "shell", ["where"] = new JsonObject { ["arg.command"] = new JsonObject { [op] = text } } };
        if (grant)
        {
            rule["access"] = new JsonArray("execute");
        }

        return rule;
    }

    private static string Policy(string argument, string kind, JsonArray grants, JsonArray denies)
    {
        JsonNode policy = JsonNode.Parse($$"""
            { "version": 1, "name": "shell", "tools": { "shell": { "access": ["execute"], "tier": "medium", "arguments": { "{{argument}}": "{{kind}}" } } },
              "agents": { "clerk": { "owner": "Ada", "tier": "high" } } }
            """)!;
        policy["agents"]!["clerk"]!["grants"] = grants;
        policy["agents"]!["clerk"]!["deny"] = denies;
        return policy.ToJsonString();
    }
}
