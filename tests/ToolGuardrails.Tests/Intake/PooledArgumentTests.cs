namespace ToolGuardrails.Tests.Intake;

/// <summary>Pooled arguments serve one call, and nobody who still holds them afterwards reads another call's bytes.</summary>
public sealed class PooledArgumentTests
{
    [Fact]
    public async Task Pooled_arguments_are_unreadable_once_their_call_has_ended()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        ToolArguments kept = session.ReadArguments("{\"mine\":\"secret\"}"u8);
        ToolArguments leaked = default;
        ToolOutcome<string> outcome = await session.InvokeAsync("notes.any", kept, (judged, _) =>
        {
            leaked = judged;
            return ValueTask.FromResult(judged.ToCanonicalJson());
        });
        Assert.Equal("""{"mine":"secret"}""", outcome.Value);
        ToolArguments next = session.ReadArguments("{\"other\":\"call\"}"u8);
        foreach (ToolArguments stale in new[] { kept, leaked })
        {
            Assert.Throws<InvalidOperationException>(() => stale.Contains("mine"));
            Assert.Throws<InvalidOperationException>(() => stale.TryGetString("other", out _));
            Assert.Throws<InvalidOperationException>(() => stale.TryGetInt64("other", out _));
            Assert.Throws<InvalidOperationException>(() => stale.TryGetDecimal("other", out _));
            Assert.Throws<InvalidOperationException>(() => stale.TryGetBoolean("other", out _));
            Assert.Throws<InvalidOperationException>(() => stale.ToCanonicalJson());
            Assert.Throws<InvalidOperationException>(() => stale.ToUtf8());
            Assert.Throws<InvalidOperationException>(() => stale.ToJsonElement());
            Assert.Throws<InvalidOperationException>(() => stale.Deserialize(ExactBinder.Default.Order));
            Assert.Throws<InvalidOperationException>(() => stale.Refusal);
            Assert.Throws<InvalidOperationException>(() => stale.Length);
            Assert.Equal("no arguments", stale.ToString());
        }

        Assert.Equal("""{"other":"call"}""", next.ToCanonicalJson());
    }

    [Fact]
    public async Task Pooled_arguments_are_good_for_one_call()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        ToolArguments arguments = session.ReadArguments("{}"u8);
        var running = new TaskCompletionSource<string>();
        ValueTask<ToolOutcome<string>> first = session.InvokeAsync("notes.any", arguments, (_, _) => new ValueTask<string>(running.Task));
        Assert.Equal(DecisionCodes.ArgumentsReused, (await session.EvaluateAsync("notes.any", arguments)).Code);
        running.SetResult("done");
        Assert.True((await first).Executed);
        Assert.Equal(DecisionCodes.ArgumentsReused, (await session.EvaluateAsync("notes.any", arguments)).Code);
    }

    [Fact]
    public async Task A_tool_that_went_asynchronous_keeps_its_bytes_for_ever()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        var running = new TaskCompletionSource<string>();
        ToolArguments leaked = default;
        ValueTask<ToolOutcome<string>> call = session.InvokeAsync("notes.any", session.ReadArguments("{\"mine\":1}"u8), (judged, _) =>
        {
            leaked = judged;
            return new ValueTask<string>(running.Task);
        });
        running.SetResult("done");
        await call;
        for (int i = 0; i < 100; i++)
        {
            await session.InvokeAsync("notes.any", session.ReadArguments("{\"other\":2}"u8), static (_, _) => ValueTask.FromResult(""));
        }

        Assert.Equal("""{"mine":1}""", leaked.ToCanonicalJson());
    }

    [Fact]
    public void No_text_about_arguments_shows_them()
    {
        Assert.Equal("16 bytes of arguments", ToolArguments.FromJson("""{"pin":"secret"}""").ToString());
        Assert.Equal(DecisionCodes.ArgumentsMalformed, ToolArguments.FromJson("secret").ToString());
    }
}
