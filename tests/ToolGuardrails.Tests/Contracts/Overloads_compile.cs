using System.Text.Json;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Contracts;

// docs/outcomes.md, overloads: that this file compiles is half of the test.
public sealed class Overloads_compile
{
    [Fact]
    public async Task A_tool_may_be_written_in_four_spellings_by_name_and_bound()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();
        ToolBinding bound = session.Bind("notes.any");
        ToolArguments none = ToolArguments.Empty;

        ToolOutcome<int>[] outcomes =
        [
            await session.InvokeAsync("notes.any", none, (_, _) => new ValueTask<int>(1)),
            await session.InvokeAsync("notes.any", none, (_, _) => Task.FromResult(1)),
            await session.InvokeAsync("notes.any", none, async (_, _) => { await Task.Yield(); return 1; }),
            await session.InvokeAsync("notes.any", none, CountAsync),
            await bound.InvokeAsync(none, (_, _) => new ValueTask<int>(1)),
            await bound.InvokeAsync(none, (_, _) => Task.FromResult(1)),
            await bound.InvokeAsync(none, async (_, _) => { await Task.Yield(); return 1; }),
            await bound.InvokeAsync(none, CountAsync),
            await session.InvokeSynchronousAsync("notes.any", none, _ => 1),
            await bound.InvokeSynchronousAsync(none, _ => 1),
            await session.InvokeAsync("notes.any", none, 1, static (state, _, _) => new ValueTask<int>(state)),
            await bound.InvokeAsync(none, 1, static (state, _, _) => new ValueTask<int>(state)),
            await session.InvokeAsync("notes.any", none, (_, _) => new ValueTask<int>(1), new ToolCallOptions<int> { ToolUseId = "u" }),
            await session.InvokeAsync("notes.any", none, (_, _) => Task.FromResult(1), new ToolCallOptions<int> { ToolUseId = "u" }),
        ];

        Assert.All(outcomes, static o => Assert.Equal((1, true), (o.Value, o.HasValue)));
        Assert.Equal(outcomes.Length, (await host.RecordsAsync(AuditRecordKind.Outcome)).Count(static r => r.Status == "succeeded"));
    }

    [Fact]
    public async Task A_tool_without_a_result_may_be_written_in_four_spellings()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();
        ToolBinding bound = session.Bind("notes.any");
        int ran = 0;
        ValueTask Nothing(ToolArguments arguments, CancellationToken cancellationToken)
        {
            ran++;
            return default;
        }

        ToolOutcome<NoResult>[] outcomes =
        [
            await session.InvokeAsync("notes.any", ToolArguments.Empty, Nothing),
            await session.InvokeAsync("notes.any", ToolArguments.Empty, (a, c) => Nothing(a, c)),
            await session.InvokeAsync("notes.any", ToolArguments.Empty, (a, c) => Nothing(a, c).AsTask()),
            await session.InvokeAsync("notes.any", ToolArguments.Empty, async (a, c) => await Nothing(a, c)),
            await bound.InvokeAsync(ToolArguments.Empty, async (a, c) => { await Task.Yield(); await Nothing(a, c); }),
            await bound.InvokeAsync(ToolArguments.Empty, (a, c) => Nothing(a, c).AsTask()),
        ];

        Assert.Equal(outcomes.Length, ran);
        Assert.All(outcomes, static o => Assert.True(o.HasValue));
        Assert.All(outcomes, static o => Assert.Equal("done", o.ToModelText()));
    }

    [Fact]
    public async Task Arguments_come_as_elements_and_dictionaries_too()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        Assert.True((await session.InvokeAsync("notes.read", JsonElement.Parse("""{"id":"n1"}"""), Words.Done)).HasValue);
        Assert.True((await session.InvokeAsync("notes.read", new Dictionary<string, object?> { ["id"] = "n1" }, Words.Done)).HasValue);
    }

    [Fact]
    public async Task What_returns_a_task_is_no_synchronous_tool()
    {
        bool ran = false;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();

        await Assert.ThrowsAsync<ArgumentException>(async () => await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ => Task.FromResult(ran = true)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ => Run()));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ => new ValueTask<bool>(ran = true)));
        await Assert.ThrowsAsync<ArgumentException>(async () => await session.InvokeSynchronousAsync("notes.any", ToolArguments.Empty, _ => new ValueTask(Run())));

        Assert.False(ran);
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Decision));

        Task Run()
        {
            ran = true;
            return Task.CompletedTask;
        }
    }

    [Fact]
    public async Task A_task_is_waited_for_before_success_is_recorded()
    {
        var running = new TaskCompletionSource<int>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);

        Task<ToolOutcome<int>> call = host.Session().InvokeAsync("notes.any", ToolArguments.Empty, (_, _) => running.Task).AsTask();
        Assert.False(call.IsCompleted);
        running.SetException(new IOException("late"));

        await Assert.ThrowsAsync<IOException>(() => call);
        Assert.Equal("failed", Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome)).Status);
    }

    private static async Task<int> CountAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        await Task.Yield();
        return 1;
    }
}
