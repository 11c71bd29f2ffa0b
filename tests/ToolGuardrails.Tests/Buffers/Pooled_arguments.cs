using System.Text;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Buffers;

// docs/arguments.md: no stage can ever read another call's bytes. Each call carries a marker of its own.
public sealed class Pooled_arguments
{
    [Fact]
    public async Task Stages_and_tool_read_pooled_arguments_like_any_other()
    {
        var seen = new List<string>();
        await using GovernedHost host = Start(call => seen.Add(call.Arguments.ToCanonicalJson()));
        AgentSession session = host.Session();

        foreach (int i in Enumerable.Range(0, 10))
        {
            ToolOutcome<string> outcome = await session.InvokeAsync("notes.any", session.ReadArguments(Marked(i)), static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));
            Assert.Equal(Text(i), outcome.Value);
        }

        Assert.Equal(Enumerable.Range(0, 10).Select(Text), seen);
        Assert.Equal(Enumerable.Range(0, 10).Select(Text), (await host.RecordsAsync(AuditRecordKind.Decision)).Select(static r => r.ToJson().GetProperty("args").GetRawText()));
    }

    [Theory]
    [InlineData("invoke")]
    [InlineData("evaluate")]
    [InlineData("authorize")]
    public async Task Pooled_arguments_are_good_for_one_call(string first)
    {
        await using GovernedHost host = Start();
        AgentSession session = host.Session();
        ToolArguments arguments = session.ReadArguments(Marked(1));
        Decision before = first switch
        {
            "invoke" => (await session.InvokeAsync("notes.any", arguments, Words.Done)).Decision,
            "evaluate" => await session.EvaluateAsync("notes.any", arguments),
            _ => (await session.AuthorizeAsync("notes.any", arguments)).Decision,
        };

        ToolOutcome<string> second = await session.InvokeAsync("notes.any", arguments, Words.Done);

        Assert.True(before.IsAllowed);
        Assert.Equal((DecisionCodes.ArgumentsReused, false), (second.Decision.Code, second.Executed));
        AuditRecord record = (await host.RecordsAsync(AuditRecordKind.Decision))[^1];
        Assert.Equal(DecisionCodes.ArgumentsReused, record.Code);
        Assert.DoesNotContain("marker", record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_are_in_use_cannot_be_used_again()
    {
        var running = new TaskCompletionSource<string>();
        await using GovernedHost host = Start();
        AgentSession session = host.Session();
        ToolArguments arguments = session.ReadArguments(Marked(1));

        Task<ToolOutcome<string>> first = session.InvokeAsync("notes.any", arguments, (_, _) => new ValueTask<string>(running.Task)).AsTask();
        Assert.Equal(DecisionCodes.ArgumentsReused, (await session.InvokeAsync("notes.any", arguments, Words.Done)).Decision.Code);
        running.SetResult("done");

        Assert.True((await first).HasValue);
    }

    [Theory]
    [InlineData("allowed")]
    [InlineData("denied")]
    [InlineData("evaluated")]
    [InlineData("authorized")]
    public async Task A_call_that_somebody_keeps_cannot_be_read_once_it_has_ended(string how)
    {
        ToolCall kept = default;
        ToolArguments keptByTool = default;
        await using GovernedHost host = Start(call => kept = call, how == "denied" ? Verdict.Deny(Words.No) : Verdict.Allow);
        AgentSession session = host.Session();
        ToolArguments arguments = session.ReadArguments(Marked(1));
        ToolArguments mine = arguments;
        switch (how)
        {
            case "evaluated": await session.EvaluateAsync("notes.any", arguments); break;
            case "authorized": await session.AuthorizeAsync("notes.any", arguments); break;
            default:
                await session.InvokeAsync("notes.any", arguments, (a, _) =>
                {
                    keptByTool = a;
                    return new ValueTask<string>("done");
                });
                break;
        }

        // The next call on this thread gets the same buffer.
        ToolArguments next = session.ReadArguments(Marked(2));
        foreach (ToolArguments old in new[] { kept.Arguments, mine, how == "allowed" ? keptByTool : mine })
        {
            AssertUnreadable(old);
        }

        Assert.Equal(Text(2), next.ToCanonicalJson());
        Assert.DoesNotContain("marker", kept.ToString() + mine, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Arguments_that_were_refused_say_so_and_leave_nothing_behind()
    {
        await using GovernedHost host = Start();
        AgentSession session = host.Session();

        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, (await session.InvokeAsync("notes.any", session.ReadArguments("""{"a":1,"a":2}"""u8), Words.Done)).Decision.Code);
        ToolOutcome<string> outcome = await session.InvokeAsync("notes.any", session.ReadArguments(Marked(7)), static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));

        Assert.Equal(Text(7), outcome.Value);
    }

    [Fact]
    public async Task Dictionaries_and_elements_can_be_pooled_too()
    {
        await using GovernedHost host = Start();
        AgentSession session = host.Session();

        foreach (int i in Enumerable.Range(0, 5))
        {
            ToolArguments arguments = i % 2 == 0
                ? session.ReadArguments(new Dictionary<string, object?> { ["m"] = Marker(i) })
                : session.ReadArguments(System.Text.Json.JsonElement.Parse(Text(i)));
            Assert.Equal(Text(i), (await session.InvokeAsync("notes.any", arguments, static (a, _) => new ValueTask<string>(a.ToCanonicalJson()))).Value);
        }
    }

    internal static void AssertUnreadable(ToolArguments arguments)
    {
        Assert.Throws<InvalidOperationException>(() => arguments.ToUtf8());
        Assert.Throws<InvalidOperationException>(() => arguments.ToCanonicalJson());
        Assert.Throws<InvalidOperationException>(() => arguments.ToJsonElement());
        Assert.Throws<InvalidOperationException>(() => arguments.TryGetString("m", out _));
        Assert.Throws<InvalidOperationException>(() => arguments.TryGetInt64("m", out _));
        Assert.Throws<InvalidOperationException>(() => arguments.TryGetDecimal("m", out _));
        Assert.Throws<InvalidOperationException>(() => arguments.TryGetBoolean("m", out _));
        Assert.Throws<InvalidOperationException>(() => arguments.Contains("m"));
        Assert.Throws<InvalidOperationException>(() => arguments.Length);
        Assert.Throws<InvalidOperationException>(() => arguments.Refusal);
        Assert.Equal("no arguments", arguments.ToString());
    }

    internal static byte[] Marked(int i) => Encoding.UTF8.GetBytes(Text(i));

    internal static string Text(int i) => $$"""{"m":"{{Marker(i)}}"}""";

    internal static string Marker(int i) => $"marker-{i:D6}" + new string('x', i % 97);

    private static GovernedHost Start(Action<ToolCall>? seen = null, Verdict? verdict = null) => GovernedHost.Start(Words.Clerk, o =>
        o.Guards.Add(new LambdaGuard(call =>
        {
            seen?.Invoke(call);
            return verdict ?? Verdict.Allow;
        })));
}
