using System.Diagnostics.Metrics;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>How people decide, in the records and as metrics (docs/approvals.md, Rubber stamps).</summary>
public sealed class RubberStampTests
{
    private readonly Payments _payments = new();

    [Fact]
    public async Task The_records_say_how_long_it_took_and_how_that_person_has_decided_before()
    {
        await using GovernedHost host = _payments.Host();
        await DecideAsync(host, Payments.Wire, 1, Payments.Ada, seconds: 2);
        await DecideAsync(host, Payments.Wire, 2, Payments.Ada, seconds: 5);
        await DecideAsync(host, Payments.Wire, 3, Payments.Ben, seconds: 7);
        await DecideAsync(host, Payments.Out, 4, Payments.Ada, seconds: 1);
        await DecideAsync(host, Payments.Wire, 5, Payments.Ada, seconds: 3, isYes: false);
        await DecideAsync(host, Payments.Wire, 6, Payments.Ada, seconds: 4);

        string[] measured = [.. (await host.RecordsAsync(AuditRecordKind.Approval)).Where(static r => r.Status != "requested")
            .Select(static r => $"{r.ToJson().GetProperty("took_ms")} {r.ToJson().GetProperty("approver_decided")} {r.ToJson().GetProperty("approver_approved")} {r.ToJson().GetProperty("approver_streak")}")];
        Assert.Equal(["2000 1 1 1", "5000 2 2 2", "7000 1 1 1", "1000 1 1 1", "3000 3 2 0", "4000 4 3 1"], measured);
    }

    [Fact]
    public async Task An_answer_that_does_not_count_is_not_measured()
    {
        await using GovernedHost host = _payments.Host();
        string id = await AskAsync(host, Payments.Wire, 1);
        await Payments.AnswerAsync(host, id, ApprovalResponse.Approve(Payments.Ada));
        await Payments.AnswerAsync(host, id, ApprovalResponse.Defer());

        Assert.All(await host.RecordsAsync(AuditRecordKind.Approval), static r => Assert.False(r.ToJson().TryGetProperty("took_ms", out _)));
    }

    [Fact]
    public async Task Whoever_listens_is_told_the_same()
    {
        // A tool of its own: other tests decide at the same time.
        string policy = Payments.Policy.Replace("pay.wire", "pay.measured", StringComparison.Ordinal);
        var seen = new List<string>();
        using var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, l) =>
            {
                if (instrument.Meter.Name == GuardrailTelemetry.MeterName)
                {
                    l.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, FormattableString.Invariant($"{value}"), tags));
        listener.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, FormattableString.Invariant($"{value}"), tags));
        listener.Start();
        await using GovernedHost host = _payments.Host(policy: policy);

        await DecideAsync(host, "pay.measured", 1, Payments.Ada, seconds: 2);
        await DecideAsync(host, "pay.measured", 2, Payments.Ada, seconds: 1);
        await DecideAsync(host, "pay.measured", 3, Payments.Ada, seconds: 3, isYes: false);

        string[] each(string answer, int seconds, int streak) =>
        [
            $"{GuardrailTelemetry.ApprovalDecisions} 1 {Payments.Ada.Principal} {answer}",
            FormattableString.Invariant($"{GuardrailTelemetry.ApprovalTime} {seconds} {Payments.Ada.Principal}"),
            FormattableString.Invariant($"{GuardrailTelemetry.ApprovalStreak} {streak} {Payments.Ada.Principal}"),
        ];
        Assert.Equal([.. each("approve", 2, 1), .. each("approve", 1, 2), .. each("reject", 3, 0)], seen);

        void Add(Instrument instrument, string value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            Dictionary<string, object?> by = tags.ToArray().ToDictionary(static t => t.Key, static t => t.Value, StringComparer.Ordinal);
            if (instrument.Name != GuardrailTelemetry.Decisions && by.TryGetValue("tool", out object? tool) && (string?)tool == "pay.measured")
            {
                seen.Add(string.Join(' ', (string?[])[instrument.Name, value, (string?)by["approver"], .. by.TryGetValue("answer", out object? answer) ? [(string?)answer] : Array.Empty<string?>()]));
            }
        }
    }

    private static async Task DecideAsync(GovernedHost host, string tool, int amount, ApproverIdentity by, int seconds, bool isYes = true)
    {
        string id = await AskAsync(host, tool, amount);
        host.Time.Advance(TimeSpan.FromSeconds(seconds));
        Assert.Null(isYes ? await Payments.ApproveAsync(host, id, by) : await Payments.AnswerAsync(host, id, ApprovalResponse.Reject("no", by)));
    }

    private static async Task<string> AskAsync(GovernedHost host, string tool, int amount) => (await host.Session().InvokeAsync(tool, Payments.Pay(amount), Words.Done)).PendingApproval!.Id;
}
