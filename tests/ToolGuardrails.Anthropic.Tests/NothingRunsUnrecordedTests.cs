using System.Collections.Concurrent;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>The invariant of every adapter: whatever the model and people say in whatever order, nothing ran without exactly one Allow decision recorded before it.</summary>
[Trait("Speed", "slow")]
public sealed class NothingRunsUnrecordedTests
{
    [Fact]
    public void Nothing_ran_without_exactly_one_allow_decision_written_before_it()
    {
        int ran = 0;
        Prop.ForAll(AnyConversation.Of.ToArbitrary(), conversation => ran += PlayAsync(conversation).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithReplay(new Replay(new Rnd(20260105), FSharpOption<int>.None)));
        Assert.InRange(ran, 100, 2_000); // So that the test isn't about refusals only.
    }

    private static async Task<int> PlayAsync(AnyConversation conversation)
    {
        var wrong = new ConcurrentQueue<string>();
        FakeApprover approver = new FakeApprover().Defers();
        await using Desk desk = await Desk.StartAsync(conversation.Turns, o =>
        {
            o.Approver = approver;
            (o.Audit.Low, o.Audit.Medium) = (AuditAcknowledgement.Durable, AuditAcknowledgement.Durable); // So that a record that isn't there when the tool runs was never written.
        });

        await desk.PlayAsync(conversation.Way, Checked);
        foreach ((ApprovalRequest request, (string says, int resumes)) in approver.Requests.Reverse().Zip(conversation.Answers))
        {
            await AnswerAsync(desk.Host.Pipeline, request.Id, says);
            for (int i = 0; i < resumes; i++)
            {
                await desk.Host.Pipeline.ResumeAsync(request.Id, Checked(request.Tool.Id));
            }
        }

        IReadOnlyList<AuditRecord> records = await desk.Host.RecordsAsync();
        Expect(records.Count(IsAllow) == desk.Ran.Count, $"{desk.Ran.Count} calls ran on {records.Count(IsAllow)} Allow decisions.");
        Expect(records.Count(static r => r.Kind == AuditRecordKind.Outcome) == desk.Ran.Count, "Not every call that ran has its outcome.");
        Expect(desk.Ran.Distinct().Count() == desk.Ran.Count, "A call ran twice.");
        Assert.True(wrong.IsEmpty, $"{string.Join('\n', wrong)}\n{conversation}");
        return desk.Ran.Count;

        void Expect(bool holds, string sentence)
        {
            if (!holds)
            {
                wrong.Enqueue(sentence);
            }
        }

        Func<ToolArguments, CancellationToken, ValueTask<string>> Checked(string name) => (arguments, token) =>
        {
            string judged = arguments.ToCanonicalJson();
            int allowed = desk.Host.Log.Records.Count(r => IsAllow(r) && r.GetString("tool") == name && Arguments(r) == judged);
            Expect(allowed == 1, $"{name} {judged} ran with {allowed} Allow decisions before it.");
            return desk.Find(name)(arguments, token);
        };
    }

    private static async Task AnswerAsync(GuardrailPipeline pipeline, string request, string says)
    {
        if (says != "nothing")
        {
            await pipeline.Approvals.DecideAsync(request, says == "yes" ? ApprovalResponse.Approve(new ApproverIdentity(GovernedHost.Dana)) : ApprovalResponse.Reject("no"));
        }
    }

    private static bool IsAllow(AuditRecord record) => record.Kind == AuditRecordKind.Decision && record.GetString("effect") == "allow";

    private static string Arguments(AuditRecord record) => ToolArguments.FromJson(JsonElement.Parse(record.ToString()).GetProperty("args")).ToCanonicalJson();
}
