using System.Text;
using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What was approved while something else held is refused where the call is resumed, in another host, each for its own reason.</summary>
public abstract class T5_a_stale_approval_stops_the_call : EachStore
{
    private static readonly string Definition = "sha256:" + new string('a', 64);

    private readonly Payments _payments;

    private protected T5_a_stale_approval_stops_the_call(StoreKind kind)
        : base(kind) => _payments = new Payments(Stores);

    // What has changed, and how the host that resumes says so.
    public static TheoryData<string, string> Changes() => new()
    {
        { "a risk of the tool", DecisionCodes.ApprovalPolicyChanged },
        { "the approvers", DecisionCodes.ApprovalPolicyChanged },
        { "the owner", DecisionCodes.ApprovalPolicyChanged },
        { "the server", DecisionCodes.ApprovalServerChanged },
        { "the definition", DecisionCodes.ApprovalDefinitionChanged },
        { "the tier, by a guard", DecisionCodes.ApprovalTierChanged },
        { "what a guard asks", DecisionCodes.ApprovalStale },
        { "the agent is suspended", DecisionCodes.SuspensionAgent },
        { "the tool is suspended", DecisionCodes.SuspensionTool },
        { "everything is suspended", DecisionCodes.SuspensionAll },
        { "the time", DecisionCodes.ApprovalExpired },
        { "the key", DecisionCodes.ApprovalAltered },
        { "the stored arguments", DecisionCodes.ApprovalAltered },
        { "the stored session", DecisionCodes.ApprovalAltered },
        { "a deny", DecisionCodes.ScopeDenied },
        { "the grant", DecisionCodes.ScopeNoGrant },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Each_bound_fact_has_a_code_of_its_own(string what, string code)
    {
        string id = await ApprovedAsync();
        await using GovernedHost host = _payments.Host(o => Configure(o, what), PolicyAfter(what));
        await ChangeAsync(host, id, what);

        ToolOutcome<string> outcome = await Payments.ResumeAsync(host, id);

        Assert.True(code == outcome.Decision.Code, $"{what}: {outcome.Decision}");
        Assert.False(outcome.Executed);
    }

    [Theory]
    [InlineData("nothing")]
    [InlineData("the other agent")]
    [InlineData("the policy's name")]
    [InlineData("another tool")]
    public async Task What_does_not_apply_to_the_call_may_change(string what)
    {
        string id = await ApprovedAsync();
        await using GovernedHost host = _payments.Host(policy: PolicyAfter(what));

        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(host, id)).Value);
    }

    [Fact]
    public async Task An_elevation_that_was_taken_back_takes_what_waits_with_it()
    {
        string policy = Payments.With("\"tools\": \"pay.*\", \"access\": [\"read\", \"write\"]", "\"tools\": \"pay.out\", \"access\": [\"read\", \"write\"]")
            .Replace("\"clerk\": { ", "\"clerk\": { \"eligible\": [ { \"id\": \"wires\", \"tools\": \"pay.wire\", \"access\": [\"write\"], \"for\": \"00:20:00\", \"uses\": 2, \"approvers\": [\"role:sre\"] } ], ", StringComparison.Ordinal);
        string id;
        string grant;
        await using (GovernedHost host = _payments.Host(policy: policy))
        {
            AgentSession session = host.Session(id: "s-1");
            string asked = (await session.RequestElevationAsync("wires", "The month ends.")).PendingApproval!.Id;
            Assert.Null(await Payments.ApproveAsync(host, asked, Payments.Ada));
            grant = Assert.Single(await host.Pipeline.Grants.ReadAsync()).Id;
            id = (await session.InvokeAsync(Payments.Wire, Payments.Pay(10), Words.Done)).PendingApproval!.Id;
            Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        }

        await using GovernedHost restarted = _payments.Host(policy: policy);
        Assert.True(await restarted.Pipeline.Grants.RevokeAsync(grant, Payments.Ben.Principal, "Stop."));

        Assert.Equal((DecisionCodes.GrantEnded, false), ((await Payments.ResumeAsync(restarted, id)) is var outcome ? outcome.Decision.Code : "", outcome.Executed));
    }

    [Fact]
    public async Task A_refusal_does_not_use_the_approval_up()
    {
        string id = await ApprovedAsync();
        await using (GovernedHost host = _payments.Host(policy: PolicyAfter("a risk of the tool")))
        {
            Assert.Equal(DecisionCodes.ApprovalPolicyChanged, (await Payments.ResumeAsync(host, id)).Decision.Code);
        }

        await using GovernedHost asBefore = _payments.Host();
        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(asBefore, id)).Value);
    }

    [Fact]
    public async Task What_was_altered_in_the_store_takes_no_answer_either()
    {
        string id = await _payments.PendingAsync(Payments.Wire);
        await using GovernedHost host = _payments.Host();
        await AlterAsync(id, "\\u0022amount\\u0022:10", "\\u0022amount\\u0022:99");

        ApprovalCase altered = (await host.Pipeline.Approvals.FindAsync(id))!;
        Assert.Equal(DecisionCodes.ApprovalAltered, await Payments.AnswerAsync(host, id, ApprovalResponse.Approve(Payments.Ada, altered.Request.ShortDigest)));
        Assert.Equal(DecisionCodes.ApprovalAltered, (await Payments.ResumeAsync(host, id)).Decision.Code);
    }

    private static void Configure(GuardrailOptions options, string what)
    {
        if (what == "the key")
        {
            options.Audit.CommitmentKey = Enumerable.Repeat((byte)7, 32).ToArray();
        }
        else if (what is "the tier, by a guard" or "what a guard asks")
        {
            options.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask, what == "what a guard asks" ? RiskTier.Low : RiskTier.High)));
        }
    }

    private static string PolicyAfter(string what) => what switch
    {
        "a risk of the tool" => Payments.With("\"moves money\"", "\"moves a lot of money\""),
        "the approvers" => Payments.With("[\"subject\", \"role:sre\"]", "[\"subject\", \"role:sre\", \"role:lead\"]"),
        "the owner" => Payments.With("maria.ortiz@", "mona.ortiz@"),
        "the server" => Payments.With("\"server\": \"bank\", \"name\": \"pay_out\"", "\"server\": \"branch\", \"name\": \"pay_out\""),
        "a deny" => Payments.With("\"equals\": 13", "\"equals\": 10"),
        "the grant" => Payments.With("\"under\": 1000", "\"under\": 10"),
        "the other agent" => Payments.With("olu.ade@", "ola.ade@"),
        "the policy's name" => Payments.With("\"name\": \"payments\"", "\"name\": \"paying\""),
        "another tool" => Payments.With("\"desk.list\": {", "\"desk.list\": { \"labels\": [\"desk\"],"),
        _ => Payments.Policy,
    };

    private async Task ChangeAsync(GovernedHost host, string id, string what)
    {
        GuardrailPipeline pipeline = host.Pipeline;
        switch (what)
        {
            case "the definition":
                Assert.True(pipeline.ObserveDefinition(Payments.Out, Definition));
                break;
            case "the agent is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Payments.Ben.Principal, "odd calls");
                break;
            case "the tool is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Tool(Payments.Out), Payments.Ben.Principal, "odd calls");
                break;
            case "everything is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.All, Payments.Ben.Principal, "odd calls");
                break;
            case "the time":
                host.Time.Advance(TimeSpan.FromHours(4));
                break;
            case "the stored arguments":
                await AlterAsync(id, "\\u0022amount\\u0022:10", "\\u0022amount\\u0022:11");
                break;
            case "the stored session":
                await AlterAsync(id, "\"id\":\"s-1\"", "\"id\":\"s-2\"");
                break;
        }
    }

    private async Task<string> ApprovedAsync()
    {
        string id = await _payments.PendingAsync(Payments.Out);
        await using GovernedHost host = _payments.Host();
        Assert.Null(await Payments.ApproveAsync(host, id, Payments.Ada));
        return id;
    }

    // Whoever can write to the store but doesn't have the key.
    private async Task AlterAsync(string id, string old, string replacement)
    {
        StoredApproval kept = (await _payments.Approvals.FindAsync(id, default))!;
        string content = Encoding.UTF8.GetString(kept.Content.Span);
        string escaped = content.Contains(old, StringComparison.Ordinal) ? old : old.Replace("\\u0022", "\\\"", StringComparison.Ordinal);
        Assert.Contains(escaped, content, StringComparison.Ordinal);
        string altered = content.Replace(escaped, escaped == old ? replacement : replacement.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.True(await _payments.Approvals.TryReplaceAsync(
            new StoredApproval
            {
                Id = kept.Id,
                Digest = kept.Digest,
                Revision = kept.Revision + 1,
                IsOpen = kept.IsOpen,
                IsUnrecorded = kept.IsUnrecorded,
                Agent = kept.Agent,
                Tool = kept.Tool,
                Tenant = kept.Tenant,
                RequestedAt = kept.RequestedAt,
                ApprovedAt = kept.ApprovedAt,
                Content = Encoding.UTF8.GetBytes(altered),
            },
            default));
    }
}

public sealed class T5_a_stale_approval_stops_the_call_in_memory() : T5_a_stale_approval_stops_the_call(StoreKind.Memory);

public sealed class T5_a_stale_approval_stops_the_call_on_sqlite() : T5_a_stale_approval_stops_the_call(StoreKind.Sqlite);
