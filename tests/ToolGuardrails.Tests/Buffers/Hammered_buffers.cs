using System.Collections.Concurrent;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Buffers;

public sealed class Hammered_buffers
{
    [Fact]
    public async Task Parallel_calls_each_see_their_own_bytes_at_every_stage()
    {
        const int Calls = 20_000;
        var wrong = new ConcurrentQueue<string>();
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Guards.Add(new LambdaGuard(call =>
            {
                Check(call.Arguments, call.ToolUseId, wrong);
                return Verdict.Allow;
            }));
            o.ResultGuards.Add(new LambdaResultGuard((call, result) =>
            {
                Check(call.Arguments, System.Text.Encoding.UTF8.GetString(result.Utf8.Span), wrong);
                return Verdict.Allow;
            }));
        });
        AgentSession session = host.Session();

        await Parallel.ForAsync(0, Calls, async (i, token) =>
        {
            ToolOutcome<string> outcome = await session.InvokeAsync(
                "notes.any",
                session.ReadArguments(Pooled_arguments.Marked(i)),
                async ValueTask<string> (arguments, _) =>
                {
                    if (i % 3 == 0)
                    {
                        await Task.Yield();
                    }

                    Check(arguments, Pooled_arguments.Marker(i), wrong);
                    return Pooled_arguments.Marker(i);
                },
                new ToolCallOptions<string> { ToolUseId = Pooled_arguments.Marker(i) },
                token);
            if (outcome.Value != Pooled_arguments.Marker(i))
            {
                wrong.Enqueue(outcome.ToModelText());
            }
        });

        Assert.Empty(wrong);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.Equal(Calls, records.Count(static r => r.Kind == AuditRecordKind.Outcome));
        AuditRecord[] decisions = [.. records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        Assert.Equal(Calls, decisions.Length);
        Assert.All(decisions, static r => Assert.Equal(r.GetString("tool_use"), r.ToJson().GetProperty("args").GetProperty("m").GetString()));
    }

    // Two callers race for the same pooled arguments: one call is made of them, and no buffer is given back twice.
    [Fact]
    public async Task Of_two_callers_with_the_same_pooled_arguments_one_is_served()
    {
        const int Rounds = 20_000;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        AgentSession session = host.Session();
        using var together = new Barrier(2);
        ToolArguments shared = default;
        var codes = new string[2];
        var problems = new ConcurrentQueue<string>();

        void Race(int which)
        {
            for (int i = 0; i < Rounds; i++)
            {
                if (which == 0)
                {
                    shared = session.ReadArguments(Pooled_arguments.Marked(i));
                }

                together.SignalAndWait();
                try
                {
                    codes[which] = session.EvaluateAsync("notes.any", shared).AsTask().GetAwaiter().GetResult().Code;
                }
                catch (Exception e)
                {
                    problems.Enqueue($"{i}: {e.GetType().Name}");
                    codes[which] = "";
                }

                together.SignalAndWait();
                if (which == 0 && string.Join(',', codes.Order(StringComparer.Ordinal)) != $"{DecisionCodes.Allowed},{DecisionCodes.ArgumentsReused}")
                {
                    problems.Enqueue($"{i}: {string.Join(',', codes)}");
                }
            }
        }

        await Task.WhenAll(Task.Factory.StartNew(() => Race(0), TaskCreationOptions.LongRunning), Task.Factory.StartNew(() => Race(1), TaskCreationOptions.LongRunning));

        Assert.Empty(problems);
        var live = new List<(ToolArguments Arguments, int Marker)>();
        for (int i = 0; i < 200; i++)
        {
            live.Add((session.ReadArguments(Pooled_arguments.Marked(i)), i));
        }

        Assert.All(live, static l => Assert.Equal(Pooled_arguments.Text(l.Marker), l.Arguments.ToCanonicalJson()));
    }

    private static void Check(ToolArguments arguments, string? marker, ConcurrentQueue<string> wrong)
    {
        if (!arguments.TryGetString("m", out string? seen) || seen != marker)
        {
            wrong.Enqueue($"{seen} instead of {marker}");
        }
    }
}
