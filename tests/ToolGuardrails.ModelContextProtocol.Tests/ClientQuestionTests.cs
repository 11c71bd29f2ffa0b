using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, Confirmation in the client.</summary>
public sealed class ClientQuestionTests
{
    private const string Refund = """{"order":1,"amount":5,"key":"k-123"}""";

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_review_that_the_user_confirms_in_the_client_runs_once(string revision)
    {
        List<string> shown = [];
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Revision = revision,
            Asked = question =>
            {
                shown.Add(question.Message);
                return DeskSetup.Yes(question);
            },
        });
        Assert.Equal("refunds_create ran", Desk.TextOf(await desk.CallAsync("refunds_create", Refund)));

        Assert.Equal(["""refunds_create {"amount":5,"key":"k-123","order":1}"""], desk.Ran);
        Assert.Contains("amount", Assert.Single(shown), StringComparison.Ordinal);
        Assert.DoesNotContain("k-123", shown[0], StringComparison.Ordinal);
        Assert.Equal(["require_approval", "allow"], (await desk.DecisionsAsync()).Select(static d => d.Effect));
        Assert.Equal(["requested", "approved"], desk.Sink.Records.Where(static r => r.Kind == AuditRecordKind.Approval).Select(static r => r.Status).Take(2));
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task The_next_call_is_asked_for_again(string revision)
    {
        int asked = 0;
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Revision = revision,
            Asked = question =>
            {
                asked++;
                return DeskSetup.Yes(question);
            },
        });
        await desk.CallAsync("refunds_create", Refund);
        await desk.CallAsync("refunds_create", Refund);
        Assert.Equal((2, 2), (asked, desk.Ran.Count));
    }

    public static TheoryData<string, string, string> Others()
    {
        var all = new TheoryData<string, string, string>();
        foreach (string revision in (string[])[Desk.Newest, Desk.Older])
        {
            all.Add(revision, """{"action":"decline"}""", DecisionCodes.ApprovalRejected);
            all.Add(revision, """{"action":"accept","content":{"approve":false}}""", DecisionCodes.ApprovalRejected);
            all.Add(revision, """{"action":"accept","content":{"approve":"true"}}""", DecisionCodes.ApprovalRejected);
            all.Add(revision, """{"action":"accept"}""", DecisionCodes.ApprovalRejected);
            all.Add(revision, """{"action":"cancel"}""", "waits for a person's approval");
            all.Add(revision, """{"action":"yes","content":{"approve":true}}""", "waits for a person's approval");
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Others))]
    public async Task Anything_but_a_plain_yes_runs_nothing(string revision, string answer, string told)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, IsRaw = true });
        desk.Raw.Answer = _ => JsonNode.Parse(answer)!;
        JsonNode result = await ConverseAsync(desk, "refunds_create", Refund, answer);

        Assert.Contains(told, result["content"]![0]!["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.True(result["isError"]!.GetValue<bool>());
        Assert.Empty(desk.Ran);
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_client_that_cant_ask_is_told_that_the_call_waits(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision });
        CallToolResult result = await desk.CallAsync("refunds_create", Refund);
        Assert.True(result.IsError);
        Assert.Contains("waits for a person's approval (request ", Desk.TextOf(result), StringComparison.Ordinal);
    }

    // It is decided elsewhere, by whom the policy names, and the same call then meets the same request.
    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task What_is_asked_for_each_time_is_never_asked_in_the_client(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, Asked = static _ => throw new InvalidOperationException("asked") });
        const string Price = """{"sku":"A","price":2}""";
        string first = Desk.TextOf(await desk.CallAsync("prices_set", Price));
        Assert.Contains("waits", first, StringComparison.Ordinal);
        Assert.Equal(first, Desk.TextOf(await desk.CallAsync("prices_set", Price)));
        Assert.Empty(desk.Ran);

        ApprovalCase waiting = Assert.Single(await desk.Pipeline.Approvals.ReadAsync());
        await desk.Pipeline.Approvals.DecideAsync(waiting.Request.Id, ApprovalResponse.Approve(Desk.Lead, waiting.Request.ShortDigest));
        Assert.Equal("prices_set ran", Desk.TextOf(await desk.CallAsync("prices_set", Price)));
        Assert.Contains("waits", Desk.TextOf(await desk.CallAsync("prices_set", Price)), StringComparison.Ordinal);
        Assert.Single(desk.Ran);
    }

    [Fact]
    public async Task A_review_that_the_policy_leaves_to_others_is_not_asked_in_the_client()
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Policy = Desk.Policy.Replace("\"tiers\": {", "\"tiers\": { \"medium\": { \"approval\": \"review\", \"approvers\": [\"role:lead\"] },", StringComparison.Ordinal),
            Asked = static _ => throw new InvalidOperationException("asked"),
        });
        Assert.Contains("waits", Desk.TextOf(await desk.CallAsync("refunds_create", Refund)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nobody_is_asked_where_the_agent_acts_for_nobody_or_the_host_turned_it_off()
    {
        foreach (Action<Microsoft.Extensions.DependencyInjection.IMcpServerBuilder> guard in (Action<Microsoft.Extensions.DependencyInjection.IMcpServerBuilder>[])[static b => b.WithGuardrails("desk"), static b => b.WithGuardrails("desk", Desk.Dana, options: new() { AsksClient = false })])
        {
            await using Desk desk = await Desk.OpenAsync(new() { Guard = guard, Asked = static _ => throw new InvalidOperationException("asked") });
            Assert.True((await desk.CallAsync("refunds_create", Refund)).IsError);
            Assert.Empty(desk.Ran);
        }
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_question_of_the_tools_own_comes_through_and_each_round_is_decided(string revision)
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Revision = revision,
            Asked = static question => question.Message == "Which?" ? DeskSetup.Yes(question) : throw new InvalidOperationException(question.Message),
            Returns = static (request, _) => request.Params.InputResponses is { Count: 1 } && request.Params.RequestState == "own"
                ? new(WrittenTool.Text("that one"))
                : throw new InputRequiredException(new Dictionary<string, InputRequest> { ["which"] = InputRequest.ForElicitation(new() { Message = "Which?", RequestedSchema = new() }) }, "own"),
        });
        Assert.Equal("that one", Desk.TextOf(await desk.CallAsync("orders_get", """{"id":7}""")));
        Assert.Equal(["allow", "allow"], (await desk.DecisionsAsync()).Select(static d => d.Effect));
        Assert.Equal(["failed", "succeeded"], desk.Sink.Records.Where(static r => r.Kind == AuditRecordKind.Outcome).Select(static r => r.Status));
    }

    [Theory]
    [MemberData(nameof(Desk.Revisions), MemberType = typeof(Desk))]
    public async Task A_caller_who_gives_up_while_somebody_is_asked_gets_nothing_run(string revision)
    {
        var approver = new Waits();
        await using Desk desk = await Desk.OpenAsync(new() { Revision = revision, IsRaw = true, Options = o => o.Approver = approver });
        await desk.Raw.OpenAsync("give-up", "tools/call", $$$"""{"name":"refunds_create","arguments":{{{Refund}}} }""");
        await approver.Asked.Task;
        await desk.Raw.WriteAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"give-up"}}""");

        await desk.Sink.WaitForAsync(AuditRecordKind.Decision);
        Assert.Empty(desk.Ran);
        Assert.Equal([DecisionCodes.CallCancelled], (await desk.DecisionsAsync()).Select(static d => d.Code));
    }

    [Fact]
    public async Task A_caller_of_an_older_revision_who_gives_up_instead_of_answering_gets_nothing_run()
    {
        await using Desk desk = await Desk.OpenAsync(new() { Revision = Desk.Older, IsRaw = true });
        desk.Raw.Answer = static _ => null;
        await desk.Raw.OpenAsync("give-up", "tools/call", $$$"""{"name":"refunds_create","arguments":{{{Refund}}} }""");
        await desk.Sink.WaitForAsync(AuditRecordKind.Decision);
        await desk.Raw.WriteAsync("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"give-up"}}""");
        await desk.Raw.RequestAsync("ping", "{}");

        Assert.Empty(desk.Ran);
        Assert.Equal(ApprovalStatus.Pending, Assert.Single(await desk.Pipeline.Approvals.ReadAsync()).Status);
    }

    // With the newest revision the client carries the answer itself, with an older one it is asked.
    private static async Task<JsonNode> ConverseAsync(Desk desk, string tool, string arguments, string answer)
    {
        JsonNode response = await desk.Raw.CallAsync(tool, arguments);
        return (response["result"]!["resultType"]?.GetValue<string>() == "input_required" ? await desk.Raw.CallAsync(tool, arguments, RawClient.Brings(response, answer)) : response)["result"]!;
    }

    private sealed class Waits : IApprover
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public async ValueTask<ApprovalResponse> DecideAsync(ApprovalRequest request, CancellationToken cancellationToken)
        {
            Asked.SetResult();
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
            return ApprovalResponse.ApproveUnproven();
        }
    }
}
