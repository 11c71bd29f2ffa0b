using Microsoft.Extensions.AI;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>The SDK's own <see cref="IChatClient"/> under the function-invoking client, guarded as docs/extensions-ai.md says.</summary>
public sealed class ChatClientTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_several_calls_in_one_turn_each_has_a_decision_and_only_what_is_allowed_runs(bool stream)
    {
        await using Desk desk = await Desk.StartAsync(
            [Answers.Turn(Answers.Use("t1", "orders_delete", """{"id":1}"""), Answers.Use("t2", "orders_get", """{"id":2}"""), Answers.Use("t3", "refunds_create", """{"id":7,"amount":250.00}"""))]);
        string said = await SayAsync(desk, new GuardedChatOptions { CallId = CallId }, stream);

        Assert.Equal("Done.", said);
        Assert.Equal(["orders_get 2"], desk.Ran);
        Assert.Equal(["t1", "t2", "t3"], desk.Results(1).Select(static r => r.Id));
        Assert.Equal("\"orders_get ran\"", desk.Results(1)[1].Text); // What such a function returns is JSON.
        Assert.StartsWith("The call to 'orders_delete' was denied and has not run (scope.no-grant).", desk.Results(1)[0].Text, StringComparison.Ordinal);
        Assert.Contains("waits for a person's approval", desk.Results(1)[2].Text, StringComparison.Ordinal);
        IReadOnlyList<AuditRecord> records = await desk.Host.RecordsAsync();
        Assert.Equal(["prompt", "decision", "decision", "outcome", "approval", "decision", "output"], records.Select(static r => r.GetString("ev")).Where(static e => e != "policy"));
        Assert.Equal(["deny", "allow", "require_approval"], records.Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => r.GetString("effect")));
    }

    [Theory]
    [InlineData(DenialMode.Text, false)]
    [InlineData(DenialMode.ErrorResult, true)]
    public async Task A_denial_is_an_error_for_the_provider_where_the_host_wants_it(DenialMode mode, bool isError)
    {
        await using Desk desk = await Desk.StartAsync([Answers.Turn(Answers.Use("t1", "orders_delete", """{"id":1}"""))]);
        await SayAsync(desk, new GuardedChatOptions { CallId = CallId, Denials = mode }, stream: false);

        Assert.Equal(("t1", isError), (desk.Results(1)[0].Id, desk.Results(1)[0].IsError));
        Assert.StartsWith("The call to 'orders_delete' was denied", desk.Results(1)[0].Text, StringComparison.Ordinal);
    }

    private static string? CallId() => FunctionInvokingChatClient.CurrentContext?.CallContent.CallId;

    private static async Task<string> SayAsync(Desk desk, GuardedChatOptions options, bool stream)
    {
        AITool[] tools =
        [
            AIFunctionFactory.Create((int id) => Run(desk, $"orders_get {id}"), "orders_get"),
            AIFunctionFactory.Create((int id) => Run(desk, $"orders_delete {id}"), "orders_delete"),
            AIFunctionFactory.Create((int id, decimal amount) => Run(desk, $"refunds_create {id} {amount}"), "refunds_create"),
        ];
        using IChatClient client = new FunctionInvokingChatClient(desk.Client.AsIChatClient("scripted", 100)).WithGuardrails(desk.Session, options);
        ChatMessage[] history = [new(ChatRole.User, "Go on.")];
        var chat = new ChatOptions { Tools = tools };
        ChatResponse response = stream ? await client.GetStreamingResponseAsync(history, chat).ToChatResponseAsync() : await client.GetResponseAsync(history, chat);
        return response.Text;
    }

    private static string Run(Desk desk, string call)
    {
        desk.Ran.Enqueue(call);
        return $"{call.Split(' ')[0]} ran";
    }
}
