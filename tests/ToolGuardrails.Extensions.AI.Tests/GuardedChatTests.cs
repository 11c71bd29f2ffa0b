using Microsoft.Extensions.AI;
using ToolGuardrails.Extensions.AI.Tests.Kit;

namespace ToolGuardrails.Extensions.AI.Tests;

public sealed class GuardedChatTests
{
    public static TheoryData<string> Loops() => Kit.Loops.All();

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task The_tools_of_each_request_are_guarded_and_the_callers_options_stay_as_they_are(string loop)
    {
        await using Desk desk = Desk.Open();
        var model = new ScriptedModel([ScriptedModel.Call("c1", "orders_purge")], [new TextContent("done")], [ScriptedModel.Call("c2", "orders_get", """{"id":2}""")]);
        IChatClient client = Kit.Loops.Around(loop, model).WithGuardrails(desk.Session);
        AITool[] tools = desk.Tools();
        await client.SendAsync(loop, "Clean up.", tools);
        await client.SendAsync(loop, "Where is order 2?", [tools[0]]);

        Assert.Equal(["orders_get {\"id\":2}"], desk.Ran);
        Assert.Equal(desk.Tools().Select(static t => t.GetType()), tools.Select(static t => t.GetType()));
        Assert.Equal(["deny", "allow"], (await desk.DecisionsAsync()).Select(static d => d.Effect));
    }

    [Theory]
    [MemberData(nameof(Loops))]
    public async Task Prompts_and_outputs_are_recorded_once(string loop)
    {
        await using Desk desk = Desk.Open();
        var model = new ScriptedModel([new TextContent("Let me look. "), ScriptedModel.Call("c1", "orders_get", """{"id":1}""")], [new TextContent("It is on its way.")]);
        IChatClient client = Kit.Loops.Around(loop, model).WithGuardrails(desk.Session);
        List<ChatMessage> history = [new(ChatRole.System, "You are kind."), new(ChatRole.User, "Hello."), new(ChatRole.User, "Where is order 1?")];
        history.AddRange((await client.SendAsync(loop, history, desk.Tools())).Messages);
        history.Add(new(ChatRole.User, "Thanks."));
        await client.SendAsync(loop, history, desk.Tools());

        Assert.Equal(
            ["Prompt Hello.", "Prompt Where is order 1?", "Decision ", "Outcome ", "Output Let me look. \nIt is on its way.", "Prompt Thanks.", "Output done"],
            (await desk.Host.RecordsAsync()).Where(static r => r.Kind != AuditRecordKind.Policy).Select(static r => $"{r.Kind} {r.GetString("text")?.ReplaceLineEndings("\n")}"));
    }

    // Law 8: the ambient session stands in only where none is bound.
    [Theory]
    [MemberData(nameof(Loops))]
    public async Task A_clients_session_counts_for_tools_that_were_guarded_without_one(string loop)
    {
        await using Desk desk = Desk.Open();
        AITool[] tools = [desk.Tool("orders_get"), desk.Tool("orders_purge")];
        IList<AITool> ambient = tools.WithGuardrails();
        ambient[1] = new Passed((AIFunction)ambient[1]);
        var model = new ScriptedModel([ScriptedModel.Call("c1", "orders_get", """{"id":1}"""), ScriptedModel.Call("c2", "orders_purge")], [ScriptedModel.Call("c3", "orders_get", """{"id":2}""")]);
        IChatClient client = Kit.Loops.Around(loop, model).WithGuardrails(desk.Session);
        using (AmbientSession.Use(desk.Host.StartSession("desk", sessionId: "somebody else's")))
        {
            await client.SendAsync(loop, "Where is it?", ambient);
        }

        Assert.Equal(["chat", "chat", "chat"], (await desk.DecisionsAsync()).Select(static d => d.SessionId));
    }

    [Fact]
    public async Task What_was_said_before_somebody_stops_listening_is_recorded()
    {
        await using Desk desk = Desk.Open();
        IChatClient client = new FunctionLoop(new ScriptedModel([new TextContent("one "), new TextContent("two")])).WithGuardrails(desk.Session);
        await foreach (ChatResponseUpdate update in client.GetStreamingResponseAsync("Count."))
        {
            Assert.Equal("one ", update.Text);
            break;
        }

        Assert.Equal("one ", Assert.Single(await desk.Host.RecordsAsync(AuditRecordKind.Output)).GetString("text"));
    }

    [Fact]
    public async Task Nothing_is_sent_where_the_prompt_cant_be_recorded()
    {
        await using Desk desk = Desk.Open();
        var model = new ScriptedModel();
        IChatClient client = new FunctionLoop(model).WithGuardrails(desk.Session);
        await desk.Host.Pipeline.DisposeAsync();

        await Assert.ThrowsAsync<AuditUnavailableException>(() => client.GetResponseAsync("Hello."));
        Assert.Empty(model.Seen);
    }

    [Fact]
    public async Task A_client_is_guarded_once_and_a_request_with_a_hosted_tool_is_refused()
    {
        await using Desk desk = Desk.Open();
        var model = new ScriptedModel();
        IChatClient client = new FunctionLoop(model).WithGuardrails(desk.Session);

        Assert.Throws<InvalidOperationException>(() => client.WithGuardrails(desk.Session));
        await Assert.ThrowsAsync<NotSupportedException>(() => client.SendAsync("stated", "Search.", [new HostedWebSearchTool()]));
        Assert.Empty(model.Seen);
        Assert.Empty(await desk.Host.RecordsAsync(AuditRecordKind.Prompt));
    }

    [Fact]
    public async Task An_agent_that_needs_a_prompt_has_one()
    {
        var host = GuardrailTestHost.Create(GuardrailPolicy.Parse(Desk.Policy.Replace("\"tier\": \"high\",\n", "\"tier\": \"high\", \"requirePrompt\": true,\n", StringComparison.Ordinal)));
        await using (host)
        {
            var model = new ScriptedModel([ScriptedModel.Call("c1", "orders_get", """{"id":1}""")]);
            AgentSession session = host.StartSession("desk");
            await new FunctionLoop(model).WithGuardrails(session).SendAsync("stated", "Where is it?", [AIFunctionFactory.Create((int id) => $"order {id}", "orders_get")]);
            Assert.Equal("order 1", model.Results[0].Result!.ToString());
        }
    }

    [Fact]
    public async Task A_function_that_was_given_a_clients_session_keeps_it()
    {
        await using Desk desk = Desk.Open();
        AIFunction given = ((AIFunction)new AITool[] { desk.Tool("orders_get") }.WithGuardrails()[0]).WithGuardrails(desk.Session);

        Assert.Same(given, given.WithGuardrails(desk.Session));
        Assert.Throws<InvalidOperationException>(() => given.WithGuardrails(desk.Host.StartSession("desk", sessionId: "other")));
        await given.InvokeAsync(new() { ["id"] = 1 });
        Assert.Equal("chat", Assert.Single(await desk.DecisionsAsync()).SessionId);
    }

    private sealed class Passed(AIFunction inner) : DelegatingAIFunction(inner);
}
