using System.Text;
using ToolGuardrails.Policy;
using static ToolGuardrails.Tests.Policy.PolicyTexts;

namespace ToolGuardrails.Tests.Policy;

public class PolicyReaderTests
{
    internal const string Everything =
        """
        '$schema': 'guardrails.schema.json',
        'facts': { 'site': 'north', 'limit': 12.50, 'live': false },
        'servers': { 'warehouse': { 'trusted': true, 'facts': { 'environment': 'production' } } },
        'tools': {
          'db.write': {
            'server': 'warehouse', 'name': 'write rows', 'access': ['write', 'read'], 'tier': 'medium', 'reversible': true,
            'assigned': { 'by': 'maria.ortiz@example.com', 'why': 'moves stock', 'review': '2027-01-31' },
            'arguments': { 'table': 'string', 'rows': 'integer', 'note': 'string?', 'ids': 'integer[]?', 'extra': 'any' },
            'facts': { 'environment': 'staging' }, 'labels': ['external', 'private'], 'touches': ['stock'],
            'risks': [ { 'id': 'bulk', 'when': { 'arg.rows': { 'over': 100 } }, 'tier': 'high', 'says': 'changes {arg.rows} rows in {ctx.environment}' } ],
            'redact': [], 'definition': 'sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef', 'budget': {} } },
        'agents': {
          'stock-agent': {
            'owner': 'maria.ortiz@example.com', 'useCase': 'moves stock', 'tier': 'high', 'enforcement': 'enforce', 'requirePrompt': false, 'budget': {}, 'review': 'weekly',
            'grants': [ { 'id': 'stock', 'tools': 'db.*', 'access': ['read', 'write'], 'where': { 'arg.table': { 'equals': 'stock' } }, 'credential': 'stock-rw' } ],
            'eligible': [ { 'id': 'more', 'tools': 'db.*', 'access': ['write', 'read'], 'where': { 'arg.rows': { 'under': 9 } }, 'for': '00:15:00', 'uses': 3, 'approvers': ['role:sre'] } ],
            'deny': [ { 'id': 'no-note', 'tools': 'db.write', 'access': ['write'], 'where': { 'arg.note': { 'exists': true } }, 'says': 'no notes' } ] } },
        'risks': [ { 'id': 'production', 'tools': '*', 'access': ['write', 'delete'], 'when': { 'ctx.environment': { 'equals': 'production' } }, 'tier': 'medium', 'says': 'changes production' } ],
        'deny': [ { 'id': 'no-shell', 'tools': 'shell.*' } ],
        'tiers': {
          'low': { 'approval': 'review', 'approvers': ['role:desk'], 'expires': '168:00:00' },
          'medium': { 'approval': 'perCall', 'expires': '00:00:01' },
          'high': { 'approval': 'perCall', 'approvers': ['role:sre', 'user:https://id.example|auth0|7'], 'quorum': 2, 'expires': '01:30:00', 'escalate': { 'after': '00:10:00', 'to': ['role:lead'] }, 'comment': true } }
        """;

    [Fact]
    public void Facts_and_servers_are_read()
    {
        PolicyModel model = Read(Document(Everything));
        Assert.Equal("test", model.Name);
        Assert.Equal("north", Encoding.UTF8.GetString(Assert.IsType<TextValue>(model.Facts["site"]).Utf8.Span));
        Assert.Equal("12.50", Encoding.UTF8.GetString(Assert.IsType<NumberValue>(model.Facts["limit"]).Token.Span));
        Assert.Equal(new BooleanValue(false), model.Facts["live"]);
        ServerEntry server = Assert.Single(model.Servers).Value;
        Assert.Equal(("warehouse", true), (server.Id, server.Trusted));
        Assert.Equal(["environment"], server.Facts.Keys);
    }

    [Fact]
    public void A_tool_is_read_with_every_member()
    {
        ToolEntry tool = Read(Document(Everything)).Tools["db.write"];
        Assert.Equal(("db.write", "warehouse", "write rows"), (tool.Info.Id, tool.Info.Server, tool.Info.Name));
        Assert.Equal((ToolAccess.Read | ToolAccess.Write, RiskTier.Medium, true), (tool.Info.Access, tool.Info.Tier, tool.Info.Reversible));
        Assert.Equal(["external", "private"], tool.Info.Labels);
        Assert.Equal(["stock"], tool.Info.Touches);
        Assert.Equal("sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", tool.Definition);
        Assert.Equal(["environment"], tool.Facts.Keys);
        Assert.Equal(new ArgumentKind(ArgumentType.Integer, Optional: false), tool.Arguments!["rows"]);
        Assert.Equal(new ArgumentKind(ArgumentType.String, Optional: true), tool.Arguments["note"]);
        Assert.Equal(new ArgumentKind(ArgumentType.Integers, Optional: true), tool.Arguments["ids"]);
        Assert.Equal(5, tool.Arguments.Count);
        RiskRule risk = Assert.Single(tool.Risks);
        Assert.Equal(("risk:db.write/bulk", new ToolPattern("db.write"), null, RiskTier.High), (risk.Id, risk.Tools, risk.Access, risk.Tier));
        Assert.Equal("changes {arg.rows} rows in {ctx.environment}", risk.Says);
        Assert.Equal(ComparisonOperator.Over, Assert.IsType<Comparison>(risk.When).Operator);
        Assert.True(tool.Source.TryGetProperty("assigned", out _));
    }

    [Fact]
    public void An_agent_is_read_with_every_member()
    {
        AgentEntry agent = Read(Document(Everything)).Agents["stock-agent"];
        Assert.Equal(("stock-agent", "maria.ortiz@example.com", "moves stock", RiskTier.High), (agent.Name, agent.Owner, agent.UseCase, agent.Tier));
        GrantRule grant = Assert.Single(agent.Grants);
        Assert.Equal(("grant:stock-agent/stock", new ToolPattern("db.*"), ToolAccess.Read | ToolAccess.Write), (grant.Id, grant.Tools, grant.Access));
        Assert.Equal(new Operand(IsArgument: true, "table"), Assert.IsType<Comparison>(grant.Where).Operand);
        Assert.Equal("stock-rw", grant.Credential);
        EligibleRule eligible = Assert.Single(agent.Eligible);
        Assert.Equal(("eligible:stock-agent/more", new ToolPattern("db.*"), ToolAccess.Read | ToolAccess.Write), (eligible.Id, eligible.Tools, eligible.Access));
        Assert.Equal((TimeSpan.FromMinutes(15), 3), (eligible.For, eligible.Uses));
        Assert.Equal(["role:sre"], eligible.Approvers);
        Assert.Equal(ComparisonOperator.Under, Assert.IsType<Comparison>(eligible.Where).Operator);
        Assert.Equal("more", eligible.Source.GetProperty("id").GetString());
        DenyRule deny = Assert.Single(agent.Deny);
        Assert.Equal(("deny:stock-agent/no-note", new ToolPattern("db.write"), ToolAccess.Write, "no notes"), (deny.Id, deny.Tools, deny.Access, deny.Says));
        Assert.Equal(ComparisonOperator.Exists, Assert.IsType<Comparison>(deny.Where).Operator);
        Assert.Equal("weekly", agent.Source.GetProperty("review").GetString());
    }

    [Fact]
    public void Rules_for_every_agent_are_read()
    {
        PolicyModel model = Read(Document(Everything));
        RiskRule risk = Assert.Single(model.Risks);
        Assert.Equal(("risk:production", new ToolPattern("*"), ToolAccess.Write | ToolAccess.Delete, RiskTier.Medium, "changes production"), (risk.Id, risk.Tools, risk.Access, risk.Tier, risk.Says));
        DenyRule deny = Assert.Single(model.Deny);
        Assert.Equal(("deny:no-shell", new ToolPattern("shell.*"), null, null, null), (deny.Id, deny.Tools, deny.Access, deny.Where, deny.Says));
    }

    [Fact]
    public void Tiers_are_read()
    {
        IReadOnlyDictionary<RiskTier, TierGate> tiers = Read(Document(Everything)).Tiers;
        AssertGate(tiers[RiskTier.Low], ApprovalGate.Review, TimeSpan.FromDays(7), "role:desk");
        AssertGate(tiers[RiskTier.Medium], ApprovalGate.PerCall, TimeSpan.FromSeconds(1));
        AssertGate(tiers[RiskTier.High], ApprovalGate.PerCall, TimeSpan.FromMinutes(90), "role:sre", "user:https://id.example|auth0|7");
        Assert.Equal((2, true), (tiers[RiskTier.High].Quorum, tiers[RiskTier.High].NeedsComment));
        Assert.Equal(TimeSpan.FromMinutes(10), tiers[RiskTier.High].Escalation!.After);
        Assert.Equal(["role:lead"], tiers[RiskTier.High].Escalation!.To);
        Assert.Equal((1, false, null), (tiers[RiskTier.Low].Quorum, tiers[RiskTier.Low].NeedsComment, tiers[RiskTier.Low].Escalation));
    }

    [Theory]
    [InlineData("low", "", RiskTier.Medium, "subject")]
    [InlineData("*", "", RiskTier.High, "role:sre")]
    [InlineData("*", "'role:ops'", RiskTier.High, "role:ops")]
    public void An_eligible_entry_is_given_at_the_highest_tier_that_it_reaches_and_at_least_at_medium(string tools, string approvers, RiskTier tier, string approver)
    {
        PolicyModel model = Read(Rules($"'agents': {{ 'a': {{ 'owner': 'Ada', 'tier': 'high', 'eligible': [ {{ 'id': 'e', 'tools': '{tools}', 'access': ['read', 'write', 'send'], 'for': '00:15:00', 'uses': 3, 'approvers': [{approvers}] }} ] }} }}, 'tiers': {{ 'high': {{ 'approvers': ['role:sre'], 'quorum': 2 }} }}"));
        TierGate gate = model.GateOf(Assert.Single(model.Agents["a"].Eligible));
        Assert.Equal(model.Tiers[tier] with { Approvers = gate.Approvers }, gate);
        Assert.Equal([approver], gate.Approvers);
    }

    [Theory]
    [InlineData("")]
    [InlineData("'tiers': {}")]
    [InlineData("'tiers': { 'low': {}, 'medium': {}, 'high': {} }")]
    public void Tiers_that_are_left_out_have_their_defaults(string members)
    {
        IReadOnlyDictionary<RiskTier, TierGate> tiers = Read(Document(members)).Tiers;
        Assert.Equal([RiskTier.Low, RiskTier.Medium, RiskTier.High], tiers.Keys);
        AssertGate(tiers[RiskTier.Low], ApprovalGate.None, TimeSpan.FromHours(4));
        AssertGate(tiers[RiskTier.Medium], ApprovalGate.Review, TimeSpan.FromHours(4), "subject");
        AssertGate(tiers[RiskTier.High], ApprovalGate.PerCall, TimeSpan.FromMinutes(30));
    }

    [Fact]
    public void Only_version_and_name_are_required()
    {
        PolicyModel model = Read(Document(""));
        Assert.Empty(model.Facts);
        Assert.Empty(model.Servers);
        Assert.Empty(model.Tools);
        Assert.Empty(model.Agents);
        Assert.Empty(model.Risks);
        Assert.Empty(model.Deny);
    }

    [Fact]
    public void What_a_tool_leaves_out_has_its_default()
    {
        ToolEntry tool = Read(Tool(ReadTool)).Tools["t"];
        Assert.Equal((null, "t"), (tool.Info.Server, tool.Info.Name));
        Assert.Null(tool.Arguments);
        Assert.Null(tool.Definition);
        Assert.Empty(tool.Info.Labels);
        Assert.Empty(tool.Info.Touches);
        Assert.Empty(tool.Risks);
        Assert.Empty(tool.Facts);
        Assert.False(Read(Document("'servers': { 's': {} }")).Servers["s"].Trusted);
    }

    [Theory]
    [InlineData("'access': ['read'], 'tier': 'low'", true)]
    [InlineData("'access': ['read', 'write'], 'tier': 'medium'", false)]
    [InlineData("'access': ['write'], 'tier': 'medium'", false)]
    [InlineData("'access': ['delete'], 'tier': 'medium', 'reversible': true", true)]
    [InlineData("'access': ['read'], 'tier': 'medium', 'reversible': false", false)]
    [InlineData("'access': ['write'], 'tier': 'low', 'reversible': true", true)]
    public void A_tool_is_reversible_where_it_only_reads_or_says_so(string members, bool reversible) =>
        Assert.Equal(reversible, Read(Tool(members)).Tools["t"].Info.Reversible);

    [Theory]
    [InlineData("'arguments': null", true)]
    [InlineData("'arguments': {}", false)]
    public void No_declared_arguments_and_a_declaration_of_none_are_told_apart(string arguments, bool undeclared) =>
        Assert.Equal(undeclared, Read(Tool($"{ReadTool}, {arguments}")).Tools["t"].Arguments is null);

    [Theory]
    [InlineData("string", ArgumentType.String)]
    [InlineData("integer", ArgumentType.Integer)]
    [InlineData("number", ArgumentType.Number)]
    [InlineData("boolean", ArgumentType.Boolean)]
    [InlineData("object", ArgumentType.Object)]
    [InlineData("array", ArgumentType.Array)]
    [InlineData("any", ArgumentType.Any)]
    [InlineData("string[]", ArgumentType.Strings)]
    [InlineData("integer[]", ArgumentType.Integers)]
    [InlineData("number[]", ArgumentType.Numbers)]
    [InlineData("boolean[]", ArgumentType.Booleans)]
    [InlineData("object[]", ArgumentType.Objects)]
    public void Every_kind_of_argument_has_its_word(string word, object type)
    {
        IReadOnlyDictionary<string, ArgumentKind> arguments = Read(Tool($"{ReadTool}, 'arguments': {{ 'a': '{word}', 'b': '{word}?' }}")).Tools["t"].Arguments!;
        Assert.Equal(new ArgumentKind((ArgumentType)type, Optional: false), arguments["a"]);
        Assert.Equal(new ArgumentKind((ArgumentType)type, Optional: true), arguments["b"]);
    }

    [Theory]
    [InlineData("", ToolAccess.Read)]
    [InlineData(", 'access': ['read', 'write', 'delete', 'execute', 'send']", ToolAccess.Read | ToolAccess.Write | ToolAccess.Delete | ToolAccess.Execute | ToolAccess.Send)]
    public void A_grant_is_for_reading_unless_it_says_otherwise(string access, ToolAccess expected) =>
        Assert.Equal(expected, Assert.Single(Read(Agent($"'grants': [ {{ 'id': 'g', 'tools': 'low'{access} }} ]")).Agents["a"].Grants).Access);

    [Fact]
    public void A_policy_read_back_from_its_canonical_JSON_is_the_same()
    {
        GuardrailPolicy policy = GuardrailPolicy.Parse(Document(Everything));
        GuardrailPolicy again = GuardrailPolicy.Parse(policy.ToJson());
        Assert.Equal(policy.Digest, again.Digest);
        Assert.Equal(policy.ToJson(), again.ToJson());
        Assert.Matches("^sha256:[0-9a-f]{64}$", policy.Digest);
    }

    [Fact]
    public void The_digest_changes_with_a_number_that_a_double_would_not_tell_apart() => Assert.NotEqual(
        GuardrailPolicy.Parse(Document("'facts': { 'f': 9007199254740992 }")).Digest,
        GuardrailPolicy.Parse(Document("'facts': { 'f': 9007199254740993 }")).Digest);

    [Fact]
    public void A_policy_file_is_read_and_named_where_it_is_refused()
    {
        string path = Path.Combine(Path.GetTempPath(), Guid.NewGuid().ToString("N") + ".json");
        try
        {
            File.WriteAllText(path, Document(""));
            Assert.Equal("test", GuardrailPolicy.LoadFile(path).Name);
            File.WriteAllText(path, Document("'tol': {}"));
            Assert.Contains($"'{path}'", Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.LoadFile(path)).Message, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // Its dots are no digest, its two entries share an id, and it declares no orders.
    [Fact]
    public void The_example_with_every_member_is_refused_only_for_what_it_leaves_open() => Assert.Equal(
        ["$.tools['db.write'].definition", "$.agents['support-agent'].grants[0].tools", "$.agents['support-agent'].eligible[0].id"],
        Errors(PolicyExample.Text).Select(static e => e.Path));

    private static void AssertGate(TierGate gate, ApprovalGate approval, TimeSpan expires, params string[] approvers)
    {
        Assert.Equal((approval, expires), (gate.Approval, gate.Expires));
        Assert.Equal(approvers, gate.Approvers);
    }
}
