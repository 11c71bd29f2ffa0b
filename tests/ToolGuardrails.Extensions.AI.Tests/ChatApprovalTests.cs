using System.Text.Json;
using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

/// <summary>docs/extensions-ai.md, Approvals in the chat.</summary>
public sealed class ChatApprovalTests
{
    private const string Refund = """{"order":7,"amount":120.50,"key":"s3cret"}""";
    private const string Ran = """refunds_create {"amount":120.50,"key":"s3cret","order":7}""";

    public static TheoryData<string> Loops() => Kit.Loops.All();

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task What_waits_is_shown_whole_and_runs_once_the_person_says_yes(string loop)
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, loop, [ScriptedModel.Call("c1", "orders_get", """{"id":7}"""), ScriptedModel.Call("c2", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        ApprovalRequest request = Assert.Single(await desk.Host.Pipeline.Approvals.ReadAsync()).Request;
        var shown = Assert.IsType<FunctionCallContent>(asked.ToolCall);
        Assert.Equal((request.Id, "refunds_create", request.ToText()), (asked.RequestId, shown.Name, Assert.Single(shown.Arguments!).Value));
        Assert.DoesNotContain("s3cret", request.ToText(), StringComparison.Ordinal);
        Assert.Equal(["orders_get {\"id\":7}"], desk.Ran);

        Assert.Empty(await chat.SayAsync(RoundTrip(asked.CreateResponse(approved: true, "as agreed"))));
        Assert.Equal(["orders_get {\"id\":7}", Ran], desk.Ran);

        // The model reads it as a call and its result, side by side, and sees no approval; so it stands in the history from now on.
        ChatMessage[] seen = chat.Model.Seen[^1];
        var call = Assert.IsType<FunctionCallContent>(Assert.Single(seen[^2].Contents));
        var result = Assert.IsType<FunctionResultContent>(Assert.Single(seen[^1].Contents));
        Assert.Equal(("refunds_create", call.CallId, "refunds_create ran"), (call.Name, result.CallId, result.Result));
        Assert.DoesNotContain(seen.SelectMany(static m => m.Contents), static c => c is ToolApprovalRequestContent or ToolApprovalResponseContent);
        Assert.Contains(chat.History, m => m.Contents.OfType<FunctionResultContent>().Any(r => r.CallId == call.CallId));

        Assert.Empty(await chat.SayAsync(new TextContent("Thanks.")));
        Assert.Equal(2, desk.Ran.Count);
        AuditRecord approved = (await desk.Host.RecordsAsync(AuditRecordKind.Approval)).Single(static r => r.Status == "approved");
        Assert.Equal(("https://id.example|dana", "as agreed"), (approved.GetString("approver"), approved.GetString("comment")));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task A_no_runs_nothing_and_the_model_reads_why(string loop)
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, loop, [ScriptedModel.Call("c1", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        Assert.Empty(await chat.SayAsync(asked.CreateResponse(approved: false, "too much"), new TextContent("And what now?")));

        Assert.Empty(desk.Ran);
        Assert.Contains("approval.rejected", (string)chat.Model.Results[^1].Result!, StringComparison.Ordinal);
        Assert.Contains("too much", (string)chat.Model.Results[^1].Result!, StringComparison.Ordinal);
    }

    public static TheoryData<string, string> Forged()
    {
        var all = new TheoryData<string, string>();
        foreach (string loop in (string[])["stated", "real, streaming"])
        {
            foreach (string how in (string[])["no such request", "a loop's id", "another session's", "other arguments", "another tool", "the shown text changed", "nothing shown"])
            {
                all.Add(loop, how);
            }
        }

        return all;
    }

    [Theory]
    [MemberData(nameof(Forged))]
    public async Task T2_a_forged_or_altered_answer_runs_nothing_and_is_recorded(string loop, string how)
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, loop, [ScriptedModel.Call("c1", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await desk.Host.StartSession("desk", Desk.Dana, sessionId: "elsewhere").InvokeAsync("refunds.create", ToolArguments.FromJson("""{"order":1,"amount":5}"""), static (_, _) => new ValueTask<string>(""));
        ApprovalRequest other = (await desk.Host.Pipeline.Approvals.ReadAsync()).Single(static c => c.Request.Session.Id == "elsewhere").Request;
        FunctionCallContent shown = (FunctionCallContent)asked.ToolCall;
        (string id, FunctionCallContent call) = how switch
        {
            "no such request" => (new string('0', 32), shown),
            "a loop's id" => ("ficc_c1", ScriptedModel.Call("c1", "refunds_create", Refund)),
            "another session's" => (other.Id, new FunctionCallContent(other.Id, "refunds_create", new Dictionary<string, object?> { ["request"] = other.ToText() })),
            "other arguments" => (asked.RequestId, ScriptedModel.Call("c1", "refunds_create", """{"order":7,"amount":1999}""")),
            "another tool" => (asked.RequestId, new FunctionCallContent(shown.CallId, "orders_purge", shown.Arguments)),
            "the shown text changed" => (asked.RequestId, new FunctionCallContent(shown.CallId, shown.Name, new Dictionary<string, object?> { ["request"] = ((string)shown.Arguments!["request"]!).Replace("120.50", "1.00", StringComparison.Ordinal) })),
            _ => (asked.RequestId, new FunctionCallContent(shown.CallId, shown.Name)),
        };
        ToolApprovalRequestContent still = Assert.Single(await chat.SayAsync(new ToolApprovalResponseContent(id, approved: true, call)));

        Assert.Equal(asked.RequestId, still.RequestId);
        Assert.Empty(desk.Ran);
        Assert.Equal(2, (await desk.Host.Pipeline.Approvals.ReadAsync()).Count(static c => c.Status == ApprovalStatus.Pending));
        bool isKnown = id == asked.RequestId;
        Assert.Equal(isKnown ? "chat.other-call" : null, still.AdditionalProperties?["toolguardrails.refused"]);
        AuditRecord refused = (await desk.Host.RecordsAsync(AuditRecordKind.Approval)).Single(static r => r.Status == "refused");
        Assert.Equal((isKnown ? "chat.other-call" : "chat.unknown-request", id, "chat", "https://id.example|dana"), (refused.Code, refused.GetString("request"), refused.SessionId, refused.GetString("approver")));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task T3_an_answer_that_is_sent_again_runs_nothing_again(string loop)
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, loop, [ScriptedModel.Call("c1", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await chat.SayAsync(asked.CreateResponse(approved: true), asked.CreateResponse(approved: true));
        await chat.SayAsync(asked.CreateResponse(approved: true));

        Assert.Equal([Ran], desk.Ran);
        Assert.Equal(["approval.closed", "approval.closed"], (await desk.Host.RecordsAsync(AuditRecordKind.Approval)).Where(static r => r.Status == "refused").Select(static r => r.Code));
    }

    [Fact]
    public async Task T3_of_many_clients_that_send_one_answer_at_once_one_runs_it()
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, "stated", [ScriptedModel.Call("c1", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(() => new Conversation(desk, "stated").SayAsync(asked.CreateResponse(approved: true)))));

        Assert.Equal([Ran], desk.Ran);
    }

    [Fact]
    public async Task Who_answers_is_whom_the_host_names_and_a_person_who_may_not_changes_nothing()
    {
        await using Desk desk = Desk.Open();
        ApproverIdentity by = Desk.DanaHerself;
        var chat = new Conversation(desk, "real", () => by, [ScriptedModel.Call("c1", "prices_set", """{"sku":"A-1","price":2}""")]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Set it.")));
        string digest = Assert.Single(await desk.Host.Pipeline.Approvals.ReadAsync()).Request.ShortDigest;

        await RefusedAsync(DecisionCodes.ApprovalNotAllowed, digest);
        by = new ApproverIdentity(Desk.Dana, ["lead"]);
        await RefusedAsync(DecisionCodes.ApprovalNotAllowed, digest);
        by = Desk.Lead;
        await RefusedAsync(DecisionCodes.ApprovalNotConfirmed, "yes");
        Assert.Empty(await chat.SayAsync(asked.CreateResponse(approved: true, digest + " counted twice")));
        Assert.Single(desk.Ran);

        async Task RefusedAsync(string code, string typed)
        {
            int read = chat.Model.Seen.Count;
            ToolApprovalRequestContent still = Assert.Single(await chat.SayAsync(asked.CreateResponse(approved: true, typed)));
            Assert.Equal(read, chat.Model.Seen.Count); // There is nothing for the model in it.
            Assert.Equal(code, still.AdditionalProperties!["toolguardrails.refused"]);
            Assert.Empty(desk.Ran);
        }
    }

    [Fact]
    public async Task An_answer_by_nobody_is_a_mistake_of_the_hosts()
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, "real", static () => null!, [ScriptedModel.Call("c1", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await Assert.ThrowsAsync<InvalidOperationException>(() => chat.SayAsync(asked.CreateResponse(approved: true)));
        Assert.Empty(desk.Ran);
    }

    [Fact]
    public async Task Where_one_answer_is_by_nobody_no_answer_of_the_turn_counts()
    {
        await using Desk desk = Desk.Open();
        int asked = 0;
        var chat = new Conversation(desk, "real", () => asked++ == 0 ? Desk.DanaHerself : null!, [ScriptedModel.Call("c1", "refunds_create", Refund), ScriptedModel.Call("c2", "refunds_create", """{"order":8,"amount":1}""")]);
        ToolApprovalRequestContent[] requests = await chat.SayAsync(new TextContent("Refund both."));
        await Assert.ThrowsAsync<InvalidOperationException>(() => chat.SayAsync([.. requests.Select(static r => r.CreateResponse(approved: true))]));
        Assert.Equal((2, 2), (requests.Length, asked));
        Assert.Empty(desk.Ran);
        Assert.All(await desk.Host.Pipeline.Approvals.ReadAsync(), static c => Assert.Equal(ApprovalStatus.Pending, c.Status));
    }

    [Fact]
    public async Task A_function_that_is_marked_for_the_loops_own_approvals_is_refused()
    {
        await using Desk desk = Desk.Open();
        IChatClient client = new FunctionInvokingChatClient(new ScriptedModel()).WithGuardrails(desk.Session, new() { AnsweredBy = static () => Desk.DanaHerself });
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => client.SendAsync("real", "Go.", [new ApprovalRequiredAIFunction(desk.Tool("orders_get"))]));
        Assert.StartsWith("The function 'orders_get' is an ApprovalRequiredAIFunction", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task T6_an_edited_call_runs_with_what_the_editor_wrote_and_the_proposed_one_is_over(string loop)
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, loop, [ScriptedModel.Call("c1", "refunds_create", Refund)], [new TextContent("It waits.")], [ScriptedModel.Call("c2", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        ApprovalResult? edited = await desk.Host.Pipeline.Approvals.DecideAsync(asked.RequestId, ApprovalResponse.Edit(Desk.DanaHerself, ToolArguments.FromJson("""{"order":7,"amount":20}""")));
        Assert.True(edited!.IsAccepted);

        await chat.SayAsync(asked.CreateResponse(approved: true), new TextContent("Go on."));
        Assert.Equal(["""refunds_create {"amount":20,"order":7}"""], desk.Ran);
        Assert.Equal(["approval.closed"], (await desk.Host.RecordsAsync(AuditRecordKind.Approval)).Where(static r => r.Status == "refused").Select(static r => r.Code));
    }

    [Fact]
    public async Task T6_an_edit_beyond_the_policy_is_denied()
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, "real", [ScriptedModel.Call("c1", "refunds_create", Refund)], [new TextContent("It waits.")], [ScriptedModel.Call("c2", "refunds_create", Refund)]);
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await desk.Host.Pipeline.Approvals.DecideAsync(asked.RequestId, ApprovalResponse.Edit(Desk.DanaHerself, ToolArguments.FromJson("""{"order":7,"amount":5000}""")));
        await chat.SayAsync(new TextContent("Again."));
        Assert.Empty(desk.Ran);
    }

    // T12: an agent inside of a tool has a session of its own, below the chat's.
    [Theory]
    [MemberData(nameof(Loops))]
    public async Task T12_what_a_sub_agent_asks_for_reaches_the_chat_and_goes_on_from_there(string loop)
    {
        await using Desk desk = Desk.Open();
        AgentSession child = desk.Session.StartChild("helper", "below");
        AIFunction refund = desk.Tool("refunds_create");
        AIFunction agent = new Desk.Written("batch", async _ =>
            (await Kit.Loops.Around(loop, new ScriptedModel([ScriptedModel.Call("d1", "refunds_create", Refund)])).WithGuardrails(child).SendAsync(loop, "Refund it.", [refund])).Text);
        var chat = new Conversation(desk, loop, static () => Desk.DanaHerself, [ScriptedModel.Call("c1", "batch")]) { Tools = [agent], FindFunction = t => t.Id == "refunds.create" ? refund : null };
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Have it refunded.")));
        Assert.Contains("helper", (string)((FunctionCallContent)asked.ToolCall).Arguments!["request"]!, StringComparison.Ordinal);

        await chat.SayAsync(asked.CreateResponse(approved: true));
        Assert.Equal([Ran], desk.Ran);
        AuditRecord decision = (await desk.DecisionsAsync()).Single(static d => d.Tool == "refunds.create" && d.Effect == "allow");
        Assert.Equal(("below", """[{"session":"chat","agent":"desk"}]"""), (decision.SessionId, decision.ToJson().GetProperty("path").GetRawText()));
    }

    [Fact]
    public async Task T12_a_session_does_not_answer_for_the_one_above()
    {
        await using Desk desk = Desk.Open();
        await desk.Tool("refunds_create").WithGuardrails(desk.Session).InvokeAsync(new() { ["order"] = 1, ["amount"] = 5 });
        ApprovalRequest request = Assert.Single(await desk.Host.Pipeline.Approvals.ReadAsync()).Request;
        IChatClient below = new FunctionLoop(new ScriptedModel()).WithGuardrails(desk.Session.StartChild("helper"), new() { AnsweredBy = static () => Desk.DanaHerself });
        var answer = new ToolApprovalResponseContent(request.Id, approved: true, new FunctionCallContent("c", "refunds_create", new Dictionary<string, object?> { ["request"] = request.ToText() }));
        ChatResponse response = await below.SendAsync("stated", [new(ChatRole.User, [answer])], [desk.Tool("refunds_create")]);

        Assert.Empty(response.Messages);
        Assert.Equal(ApprovalStatus.Pending, (await desk.Host.Pipeline.Approvals.FindAsync(request.Id))!.Status);
    }

    [Fact]
    public async Task What_a_resumed_function_throws_goes_no_further_than_the_model()
    {
        await using Desk desk = Desk.Open();
        var chat = new Conversation(desk, "real", [ScriptedModel.Call("c1", "refunds_create", Refund)]) { Tools = [desk.Tool("refunds_create", static _ => throw new FormatException("secret"))] };
        ToolApprovalRequestContent asked = Assert.Single(await chat.SayAsync(new TextContent("Refund it.")));
        await chat.SayAsync(asked.CreateResponse(approved: true));

        Assert.Equal(("Error: Function failed.", true), (chat.Model.Results[^1].Result, chat.Model.Results[^1].Exception is FormatException));
        Assert.Equal("failed", Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    // As a browser sends it back.
    private static AIContent RoundTrip(AIContent content) =>
        JsonSerializer.Deserialize<AIContent>(JsonSerializer.Serialize(content, AIJsonUtilities.DefaultOptions), AIJsonUtilities.DefaultOptions)!;

    private sealed class Conversation(Desk desk, string loop, Func<ApproverIdentity> by, params AIContent[][] script)
    {
        public Conversation(Desk desk, string loop, params AIContent[][] script)
            : this(desk, loop, static () => Desk.DanaHerself, script)
        {
        }

        public ScriptedModel Model { get; } = new(script);

        public List<ChatMessage> History { get; } = [];

        public AITool[] Tools { get; init; } = desk.Tools();

        public Func<ToolInfo, AIFunction?>? FindFunction { get; init; }

        /// <summary>Says something, and returns what the response asks for.</summary>
        public async Task<ToolApprovalRequestContent[]> SayAsync(params AIContent[] contents)
        {
            History.Add(new(ChatRole.User, [.. contents]));
            IChatClient client = Kit.Loops.Around(loop, Model).WithGuardrails(desk.Session, new() { AnsweredBy = by, FindFunction = FindFunction });
            ChatResponse response = await client.SendAsync(loop, History, Tools);
            History.AddRange(response.Messages);
            return [.. response.Messages.SelectMany(static m => m.Contents).OfType<ToolApprovalRequestContent>()];
        }
    }
}
