using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

// The rules themselves: Approval/ApproverRulesTests. Here they hold end to end, with whoever the policy lists.
public abstract class T4_who_may_not_approve(StoreKind kind) : EachStore(kind)
{
    private const string Everybody = "\"approvers\": [\"role:sre\", \"user:https://id.example|lead\", \"user:https://id.example|dana\", \"user:agent|clerk\", \"user:agent|helper\"]";

    public static TheoryData<string, string, string> Answers() => new()
    {
        { "the subject, listed by name", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "the subject, in a listed role", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "the agent itself", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "another agent", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "nobody proven", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "a stranger", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "a role in other letters", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "the lead of another issuer", "prod.write", DecisionCodes.ApprovalNotAllowed },
        { "the lead without the digest", "prod.write", DecisionCodes.ApprovalNotConfirmed },
        { "the lead with another digest", "prod.write", DecisionCodes.ApprovalNotConfirmed },
        { "the lead", "prod.write", DecisionCodes.Allowed },
        { "somebody in the role", "prod.write", DecisionCodes.Allowed },
        { "the agent itself", "notes.write", DecisionCodes.ApprovalNotAllowed },
        { "a stranger", "notes.write", DecisionCodes.ApprovalNotAllowed },
        { "the subject, listed by name", "notes.write", DecisionCodes.Allowed },
        { "nobody proven", "notes.write", DecisionCodes.Allowed },
    };

    [Theory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_counts_only_from_whom_the_policy_means(string who, string tool, string code)
    {
        await using GovernedHost host = Stores.Host(
            Words.ClerkWith("\"approvers\": [\"role:sre\", \"user:https://id.example|lead\"]", Everybody),
            o => o.Approver = new CallbackApprover((request, _) => new(Answer(who, request))));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync(tool, Words.For(tool), Words.Done);

        Assert.True(code == outcome.Decision.Code, $"{who}: {outcome.Decision}");
        Assert.Equal(code == DecisionCodes.Allowed, outcome.Executed);
        IReadOnlyList<AuditRecord> approvals = await host.RecordsAsync(AuditRecordKind.Approval);
        Assert.Equal(["requested", code == DecisionCodes.Allowed ? "approved" : "refused"], approvals.Select(static r => r.Status));
    }

    [Fact]
    public async Task The_person_an_ancestor_acts_for_cannot_approve_what_a_child_does()
    {
        await using GovernedHost host = Stores.Host(
            Words.ClerkWith("\"approvers\": [\"role:sre\", \"user:https://id.example|lead\"]", Everybody),
            static o => o.Approver = new CallbackApprover(static (request, _) => new(ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana, ["sre"]), request.ShortDigest))));

        ToolOutcome<string> outcome = await host.Session().StartChild("clerk").StartChild("clerk").InvokeAsync("prod.write", Words.Rows, Words.Done);

        Assert.Equal((DecisionCodes.ApprovalNotAllowed, false), (outcome.Decision.Code, outcome.Executed));
    }

    [Fact]
    public async Task Without_a_person_to_act_for_nobody_can_confirm_as_that_person()
    {
        bool asked = false;
        await using GovernedHost host = Stores.Host(Words.Clerk, o => o.Approver = Words.Approves(_ => asked = true));

        ToolOutcome<string> outcome = await host.Pipeline.StartSession("clerk").InvokeAsync("notes.write", Words.NewNote, Words.Done);

        Assert.Equal((DecisionCodes.ApprovalNobody, false, false), (outcome.Decision.Code, outcome.Executed, asked));
    }

    [Fact]
    public async Task An_answer_given_to_one_request_is_worth_nothing_for_another()
    {
        var answers = new Queue<ApprovalResponse>();
        await using GovernedHost host = Stores.Host(Words.Clerk, o => o.Approver = new CallbackApprover((request, _) =>
        {
            answers.Enqueue(Words.Yes(request));
            return new(answers.Count == 1 ? answers.Peek() : answers.First());
        }));
        AgentSession session = host.Session();

        Assert.True((await session.InvokeAsync("prod.write", Words.Rows, Words.Done)).HasValue);
        ToolOutcome<string> second = await session.InvokeAsync("prod.write", ToolArguments.FromJson("""{"rows":4000}"""), Words.Done);

        Assert.Equal((DecisionCodes.ApprovalNotConfirmed, false), (second.Decision.Code, second.Executed));
    }

    private static ApprovalResponse Answer(string who, ApprovalRequest request)
    {
        string digest = request.ShortDigest;
        return who switch
        {
            "the subject, listed by name" => ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana), digest),
            "the subject, in a listed role" => ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana, ["sre"]), digest),
            "the agent itself" => ApprovalResponse.Approve(new ApproverIdentity(Principal.ForAgent("clerk"), ["sre"]), digest),
            "another agent" => ApprovalResponse.Approve(new ApproverIdentity(Principal.ForAgent("helper"), ["sre"]), digest),
            "nobody proven" => ApprovalResponse.ApproveUnproven(),
            "a stranger" => ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://id.example", "eve"), ["dev"]), digest),
            "a role in other letters" => ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://id.example", "eve"), ["SRE"]), digest),
            "the lead of another issuer" => ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://evil.example", "lead")), digest),
            "the lead without the digest" => ApprovalResponse.Approve(Words.Lead),
            "the lead with another digest" => ApprovalResponse.Approve(Words.Lead, digest == "00000000" ? "11111111" : "00000000"),
            "the lead" => ApprovalResponse.Approve(Words.Lead, digest),
            "somebody in the role" => ApprovalResponse.Approve(new ApproverIdentity(new Principal("https://id.example", "sam"), ["sre"]), digest),
            _ => throw new ArgumentException(who, nameof(who)),
        };
    }
}

public sealed class T4_who_may_not_approve_in_memory() : T4_who_may_not_approve(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T4_who_may_not_approve_on_sqlite() : T4_who_may_not_approve(StoreKind.Sqlite);
