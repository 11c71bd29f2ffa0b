using System.Text.Json.Nodes;
using ToolGuardrails.Tests.Policy;
using ToolGuardrails.Tests.Reference;

namespace ToolGuardrails.Tests.Building;

/// <summary>A policy in C# and the same policy in JSON are one policy.</summary>
public sealed class PolicyBuilderTests
{
    private const int Policies = 2_000;

    [Fact]
    public void JSON_and_builder_agree()
    {
        for (int seed = ReferenceRun.Seed; seed < ReferenceRun.Seed + Policies; seed++)
        {
            ReferencePolicy policy = new PolicyDice(new Random(seed)).Policy();
            GuardrailPolicy read = GuardrailPolicy.Parse(WithoutEmptyLists(SpelledInCode.Texts.InCode(policy.ToJson())));
            GuardrailPolicy written = SpelledInCode.Build(policy);
            Assert.True(read.Digest == written.Digest, $"TOOLGUARDRAILS_SEED={seed}\n{read.ToJson()}\n{written.ToJson()}");
            Assert.Equal(written.Digest, GuardrailPolicy.Parse(written.ToJson()).Digest);
        }
    }

    [Fact]
    public void Every_member_of_the_format_can_be_written()
    {
        var builder = new GuardrailPolicyBuilder();
        Everything(builder);
        JsonNode written = JsonNode.Parse(builder.DraftToJson())!;
        JsonNode example = JsonNode.Parse(PolicyExample.Text, documentOptions: new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip })!;
        example.AsObject().Remove("facts"); // What is empty is left out in C#.
        example["tools"]!["db.write"]!.AsObject().Remove("facts");
        example["agents"]!["support-agent"]!.AsObject().Remove("budget");
        example["agents"]!["support-agent"]!.AsObject().Remove("deny");
        Assert.True(JsonNode.DeepEquals(example, written), $"{example}\n{written}");
    }

    [Fact]
    public void Elevations_credentials_quorums_and_escalations_mean_the_same_in_both_spellings()
    {
        var read = GuardrailPolicy.Parse("""
            { "version": 1, "name": "p",
              "tools": { "db.read": { "access": ["read"], "tier": "low" }, "db.write": { "access": ["write"], "tier": "high", "arguments": { "rows": "integer" } } },
              "agents": { "a": { "owner": "Ada", "tier": "high",
                "grants": [ { "id": "read", "tools": "db.read", "credential": "db-ro" } ],
                "eligible": [ { "id": "write", "tools": "db.write", "access": ["write"], "where": { "arg.rows": { "under": 9 } }, "for": "00:15:00", "uses": 3, "approvers": ["role:dba", "role:sre"] } ] } },
              "tiers": { "high": { "approvers": ["role:sre"], "quorum": 2, "escalate": { "after": "00:10:00", "to": ["role:lead"] }, "comment": true } } }
            """);
        GuardrailPolicy written = GuardrailPolicy.Build(static p => p
            .Named("p")
            .Tool("db.read", static t => t.Reads().Low())
            .Tool("db.write", static t => t.Writes().High().Argument("rows", "integer"))
            .Agent("a", static a => a.OwnedBy("Ada").Tier(RiskTier.High)
                .Grant("read", "db.read", static g => g.Credential("db-ro"))
                .Eligible("write", "db.write", static g => g.Writes().Where(static w => w.Argument("rows").Under(9)).For(TimeSpan.FromMinutes(15)).Uses(3).Approvers("role:dba", "role:sre")))
            .Tier(RiskTier.High, static t => t.Approvers("role:sre").Quorum(2).Escalate(TimeSpan.FromMinutes(10), "role:lead").Comment()));
        Assert.Equal(read.Digest, written.Digest);
        Assert.Equal(read.Digest, GuardrailPolicy.Parse(written.ToJson()).Digest);
    }

    // The code of docs/policy.md, "In C#".
    [Fact]
    public void The_pages_example_in_code_is_its_example_in_JSON()
    {
        JsonNode json = JsonNode.Parse(Repository.ReadText("docs", "policy.md").Split("```json\n")[1].Split("```")[0])!;
        json.AsObject().Remove("$schema");
        GuardrailPolicy policy = GuardrailPolicy.Build(p => p
            .Named("support")
            .Tool("orders.get", t => t.Reads().Low().Argument("id", "integer"))
            .Tool("refunds.create", t => t.Writes().Sends().Medium()
                .Argument("order", "integer").Argument("amount", "number").Argument("reason", "string?")
                .Risk("large", RiskTier.High, when => when.Argument("amount").Over(500), says: "refunds {arg.amount}"))
            .Agent("support-agent", a => a.OwnedBy("maria.ortiz@example.com").Tier(RiskTier.High)
                .Grant("read-orders", "orders.*")
                .Grant("refund", "refunds.create", g => g.Writes().Sends().Where(w => w.Argument("amount").Under(2000))))
            .Tier(RiskTier.High, t => t.Approvers("role:finance")));
        Assert.Equal(GuardrailPolicy.Parse(json.ToJsonString()).Digest, policy.Digest);
    }

    [Fact]
    public void What_the_reader_refuses_in_JSON_it_refuses_in_code_and_names_the_path()
    {
        GuardrailPolicyException refused = Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Build(static p => p
            .Tool("a", static t => t.Reads().Low().Argument("id", "integer"))
            .Agent("clerk", static a => a.OwnedBy("Ada").Tier(RiskTier.Low).Grant("g", "a", static g => g.Where(static w => w.Argument("ids").EqualTo(1))))));
        Assert.Equal(["$", "$.agents['clerk'].grants[0].where['arg.ids']"], refused.Errors.Select(static e => e.Path));
    }

    [Fact]
    public void Nothing_is_given_twice_and_silently_overwritten()
    {
        AssertTwice(static p => p.Named("a").Named("b"), "'name' has been given before");
        AssertTwice(static p => p.Tool("t", static t => t.Reads().Low()).Tool("t", static t => t.Writes().High()), "'t' stands under 'tools' already");
        AssertTwice(static p => p.Tool("t", static t => t.Low().High()), "For the tool 't', 'tier' has been given before");
        AssertTwice(static p => p.Tool("t", static t => t.Argument("a", "string").Argument("a", "any")), "'a' stands under 'arguments' already");
        AssertTwice(static p => p.Agent("a", static a => a.OwnedBy("Ada").OwnedBy("Eve")), "For the agent 'a', 'owner' has been given before");
        AssertTwice(static p => p.Deny("d", "*", static w => w.Argument("a").Over(1).Argument("a").Over(5)), "'over' stands under 'arg.a' already");
        AssertTwice(static p => p.Fact("f", 1).Fact("f", 2), "'f' stands under 'facts' already");
    }

    [Fact]
    public void A_rule_id_given_twice_is_the_readers_error()
    {
        GuardrailPolicyException refused = Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Build(static p => p.Named("n").Deny("d", "a.*").Deny("d", "b.*")));
        Assert.Contains("is taken", Assert.Single(refused.Errors).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_policy_is_either_loaded_or_written()
    {
        Assert.Throws<InvalidOperationException>(static () => GuardrailPolicy.Build(static p => p.Named("n").LoadJson("{}")));
        Assert.Throws<InvalidOperationException>(static () => GuardrailPolicy.Build(static p => p.LoadJson("{}").Named("n")));
        Assert.Throws<InvalidOperationException>(static () => GuardrailPolicy.Build(static _ => { }));
    }

    [Fact]
    public void A_policy_without_anything_is_refused_for_what_it_lacks() =>
        Assert.Contains("no 'name'", Assert.Single(Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Build(static p => p.Fact("f", 1))).Errors).Message, StringComparison.Ordinal);

    [Fact]
    public void What_has_no_exact_form_is_refused()
    {
        Assert.Throws<ArgumentException>(static () => GuardrailPolicy.Build(static p => p.Tier(RiskTier.High, static t => t.Expires(TimeSpan.FromMilliseconds(1500)))));
        Assert.Throws<ArgumentOutOfRangeException>(static () => GuardrailPolicy.Build(static p => p.Tool("t", static t => t.Tier(RiskTier.Unclassified))));
        Assert.Throws<ArgumentOutOfRangeException>(static () => GuardrailPolicy.Build(static p => p.Tier(RiskTier.Low, static t => t.Approval(ApprovalGate.Unspecified))));
        GuardrailPolicyException half = Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Build(static p => p.Named("n").Fact("f", "\ud800")));
        Assert.Equal("$.facts.f", Assert.Single(half.Errors).Path);
        Assert.Throws<GuardrailPolicyException>(static () => GuardrailPolicy.Build(static p => p.Named("n").Fact("f", default)));
    }

    [Fact]
    public void Numbers_keep_their_digits() =>
        Assert.Contains("\"limit\":4.90", GuardrailPolicy.Build(static p => p.Named("n").Fact("limit", 4.90m)).ToJson(), StringComparison.Ordinal);

    private static void AssertTwice(Action<GuardrailPolicyBuilder> write, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidOperationException>(() => GuardrailPolicy.Build(write)).Message, StringComparison.Ordinal);

    private static void Everything(GuardrailPolicyBuilder policy) => policy
        .Named("support")
        .Server("warehouse", static s => s.Trusted(false).Fact("environment", "production"))
        .Tool("db.write", static t => t.Server("warehouse").Name("write_rows").Writes().High().Reversible(false)
            .Assigned("maria.ortiz@example.com", "moves stock", new DateOnly(2027, 1, 31))
            .Argument("table", "string").Argument("rows", "integer").Argument("note", "string?").Labels("external")
            .Risk("bulk", RiskTier.High, static w => w.Argument("rows").Over(100), "changes {arg.rows} rows in {ctx.environment}")
            .Redact("arg.note").Touches("stock").Definition("sha256:...").Budget(30, TimeSpan.FromMinutes(1)))
        .Agent("support-agent", static a => a.OwnedBy("...").UseCase("...").Tier(RiskTier.High).Enforcement(EnforcementMode.Enforce).RequirePrompt().Review("weekly")
            .Grant("...", "orders.*", static g => g.Reads().Where(static _ => { }).Fields("id", "status").Credential("orders-ro"))
            .Eligible("...", "db.write", static g => g.Writes().Where(static _ => { }).For(TimeSpan.FromMinutes(15)).Uses(3).Approvers()))
        .Risk("production-write", "*", RiskTier.High, static w => w.Fact("environment").EqualTo("production"), "changes production", ToolAccess.Write | ToolAccess.Delete | ToolAccess.Execute)
        .Deny("no-shell", "shell.*")
        .Tier(RiskTier.Low, static t => t.Approval(ApprovalGate.None))
        .Tier(RiskTier.Medium, static t => t.Approval(ApprovalGate.Review).Approvers("subject").Expires(TimeSpan.FromHours(4)))
        .Tier(RiskTier.High, static t => t.Approval(ApprovalGate.PerCall).Approvers("role:sre").Quorum(1).Expires(TimeSpan.FromMinutes(30)).Escalate(TimeSpan.FromMinutes(10), "role:lead").Comment());

    private static string WithoutEmptyLists(string json)
    {
        JsonNode root = JsonNode.Parse(json)!;
        Prune(root);
        return root.ToJsonString();
    }

    private static void Prune(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (string empty in members.Where(static m => m.Value is JsonArray { Count: 0 }).Select(static m => m.Key).ToArray())
            {
                members.Remove(empty);
            }

            foreach ((_, JsonNode? value) in members)
            {
                Prune(value);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (JsonNode? item in items)
            {
                Prune(item);
            }
        }
    }
}
