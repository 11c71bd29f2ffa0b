namespace ToolGuardrails.Tests.Laws;

public sealed class Law_4_silence_denies
{
    private static readonly Type[] Exported = typeof(GuardrailPipeline).Assembly.GetExportedTypes();

    // What the value 0 of every public enum means; an enum that isn't here fails the test until somebody has thought about it.
    private static readonly Dictionary<string, string> Zero = new(StringComparer.Ordinal)
    {
        ["Effect"] = "Deny",
        ["RiskTier"] = "Unclassified",
        ["ToolAccess"] = "None",
        ["ApprovalAnswer"] = "Reject",
        ["ApprovalGate"] = "Unspecified",
        ["ApprovalSection"] = "Unspecified",
        ["ApprovalStatus"] = "Unspecified",
        ["IssuedGrantKind"] = "Unspecified",
        ["StoredApprovalFilter"] = "Open",
        ["AuditAcknowledgement"] = "Unspecified",
        ["AuditLogDamageKind"] = "Unspecified",
        ["AuditRecordKind"] = "Unspecified",
        ["AuditRequirement"] = "Unspecified",
        ["PolicyRuleKind"] = "Unspecified",
        ["PolicyRuleMatch"] = "Undecided",
        ["EnforcementMode"] = "Enforce",
        ["SuspensionKind"] = "All",
        ["ToolResultKind"] = "Unspecified",
    };

    // The same for every public struct: what shows that its default value lets nothing through.
    private static readonly Dictionary<string, Func<bool>> Defaults = new(StringComparer.Ordinal)
    {
        ["Verdict"] = static () => default(Verdict) is { Effect: Effect.Deny, AtLeast: RiskTier.Unclassified, Reason.Code: DecisionCodes.GuardSilent },
        ["Decision"] = static () => default(Decision) is { Effect: Effect.Deny, IsAllowed: false, Tier: RiskTier.Unclassified, Code: DecisionCodes.GuardSilent, PolicyDigest: null },
        ["ToolOutcome`1"] = static () => default(ToolOutcome<string>) is { Executed: false, HasValue: false, Value: null, PendingApproval: null, Decision.IsAllowed: false },
        ["ToolCompletion"] = static () => !default(ToolCompletion).MayPass,
        ["ApprovalResponse"] = static () => default(ApprovalResponse) is { Answer: ApprovalAnswer.Reject, By: null, TypedDigest: null },
        ["ToolArguments"] = static () => default(ToolArguments) is { Refusal.Code: DecisionCodes.ArgumentsMalformed, Length: 0 } && !default(ToolArguments).Contains("a"),
        ["ToolResult"] = static () => default(ToolResult) is { Kind: ToolResultKind.Unspecified, Utf8.IsEmpty: true },
        ["ToolCall"] = static () => default(ToolCall) is { Tier: RiskTier.Unclassified, Session: null, Arguments.Refusal: not null },
        ["ToolCallOptions`1"] = static () => default(ToolCallOptions<string>).ToolUseId is null,
        ["AuditRecord"] = static () => default(AuditRecord).Line.IsEmpty,
        ["AuditLogEntry"] = static () => default(AuditLogEntry).Record.Line.IsEmpty,
        ["AuditLogProgress"] = static () => default(AuditLogProgress) is { BytesDone: 0, BytesTotal: 0 },
        ["BudgetCharge"] = static () => default(BudgetCharge) is { Limit: 0, Window.Ticks: 0 },
        ["PolicyScalar"] = static () => default(PolicyScalar).ToString() == "null",
        ["SuspensionTarget"] = static () => default(SuspensionTarget) == SuspensionTarget.All,
        ["NoResult"] = static () => true,
    };

    [Fact]
    public void The_zero_of_every_public_enum_is_its_strictest_value() =>
        Assert.Equal(
            Zero.Select(static z => $"{z.Key}.{z.Value}").Order(StringComparer.Ordinal),
            Exported.Where(static t => t.IsEnum).Select(static t => $"{t.Name}.{Enum.ToObject(t, 0)}").Order(StringComparer.Ordinal));

    [Fact]
    public void Nothing_that_an_enum_can_say_is_below_its_zero() =>
        Assert.All(Exported.Where(static t => t.IsEnum), static t => Assert.Equal(typeof(byte), Enum.GetUnderlyingType(t)));

    [Fact]
    public void The_default_of_every_public_struct_lets_nothing_through()
    {
        string[] structs = [.. Exported.Where(static t => t is { IsValueType: true, IsEnum: false }).Select(static t => t.Name)];

        Assert.Equal(Defaults.Keys.Order(StringComparer.Ordinal), structs.Order(StringComparer.Ordinal));
        Assert.All(Defaults, static d => Assert.True(d.Value(), d.Key));
    }

    [Theory]
    [InlineData("no policy", "clerk", "notes.read", DecisionCodes.PolicyMissing)]
    [InlineData("empty policy", "clerk", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk's policy", "nobody", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk's policy", "nobody", "notes.nothing", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk's policy", "Clerk", "notes.read", DecisionCodes.ScopeUnknownAgent)]
    [InlineData("clerk's policy", "clerk", "notes.nothing", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "NOTES.READ", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "notes.*", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "*", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "notes.read ", DecisionCodes.ScopeUnknownTool)]
    [InlineData("clerk's policy", "clerk", "other.read", DecisionCodes.ScopeNoGrant)]
    [InlineData("no grants", "clerk", "notes.read", DecisionCodes.ScopeNoGrant)]
    public async Task What_nobody_has_allowed_is_denied_and_recorded(string policy, string agent, string tool, string code)
    {
        const string Empty = """{ "version": 1, "name": "empty" }""";
        const string NoGrants = """{ "version": 1, "name": "n", "tools": { "notes.read": { "access": ["read"], "tier": "low" } }, "agents": { "clerk": { "owner": "m@example.com", "tier": "high" } } }""";
        string? json = policy switch { "no policy" => null, "empty policy" => Empty, "no grants" => NoGrants, _ => Words.Clerk };
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(json);

        ToolOutcome<bool> outcome = await host.Session(agent).InvokeAsync(tool, Words.Note, (_, _) => new ValueTask<bool>(ran = true));

        Assert.Equal((Effect.Deny, code), (outcome.Decision.Effect, outcome.Decision.Code));
        Assert.False(ran || outcome.Executed);
        Assert.Equal(code, Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision)).Code);
    }

    [Fact]
    public async Task No_arguments_at_all_are_no_empty_arguments()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        Assert.Equal(DecisionCodes.ArgumentsMalformed, (await host.Session().EvaluateAsync("notes.any", default)).Code);
        Assert.True((await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).IsAllowed);
    }

    [Fact]
    public async Task A_guard_that_says_nothing_has_said_no()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Guards.Add(new LambdaGuard(static (_, _) => default)));

        Assert.Equal(DecisionCodes.GuardSilent, (await host.Session().EvaluateAsync("notes.any", ToolArguments.Empty)).Code);
    }

    [Fact]
    public async Task An_approver_that_says_nothing_has_said_no()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, static o => o.Approver = new CallbackApprover(static (_, _) => default));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal((DecisionCodes.ApprovalRejected, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task Without_an_approver_a_call_that_needs_one_waits_and_does_not_run()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal((Effect.RequireApproval, DecisionCodes.ApprovalRequired, false), (outcome.Decision.Effect, outcome.Decision.Code, outcome.Executed));
        Assert.NotNull(outcome.PendingApproval);
    }
}
