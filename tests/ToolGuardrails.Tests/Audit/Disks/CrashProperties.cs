using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>Any workload, any faults, any ends, several lives in a row: no promise is broken. A failure prints the shrunk story and its seed.</summary>
[Trait("Speed", "slow")]
public sealed class CrashProperties
{
    private static readonly Gen<LogStep> Step = Gen.Frequency(
        (8, from level in Gen.Elements(AuditAcknowledgement.Queued, AuditAcknowledgement.Written, AuditAcknowledgement.Durable, AuditAcknowledgement.Sealed, AuditAcknowledgement.Unspecified)
            from records in Gen.Frequency((6, Gen.Choose(1, 4)), (1, Gen.Choose(30, 90)))
            from bytes in Gen.Frequency((6, Gen.Choose(1, 200)), (1, Gen.Choose(1000, 5000)))
            select LogStep.Write(level, records, bytes)),
        (1, Gen.Elements(LogStepKind.Seal, LogStepKind.RotateKey, LogStepKind.Prune, LogStepKind.Close, LogStepKind.Second, LogStepKind.Months).Select(static k => new LogStep(k))));

    private static readonly Gen<(int At, DiskFault Fault)> Fault =
        from at in Gen.Choose(0, 160)
        from fault in Gen.Elements(DiskFault.Error, DiskFault.ErrorAfterEffect, DiskFault.NoSpace, DiskFault.NoSpaceAfterEffect, DiskFault.ReadOnly, DiskFault.Kill, DiskFault.KillAfterEffect, DiskFault.CutPower)
        select (at, fault);

    private static readonly Gen<Life> Lives =
        from steps in Step.ListOf()
        from faults in Gen.Frequency((1, Gen.Constant(0)), (3, Gen.Choose(1, 3))).SelectMany(static n => Fault.ListOf(n))
        from cut in Gen.Elements(true, false)
        select new Life([.. steps], [.. faults], cut);

    [Fact]
    public void No_promise_is_broken_by_any_faults_in_any_lives() =>
        Prop.ForAll((from lives in Lives.NonEmptyListOf() from seed in Gen.Choose(0, 100_000) select (Lives: lives.Take(4).ToList(), seed)).ToArbitrary(), static s => Holds(s.Lives, s.seed))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(12).WithReplay(new Replay(new Rnd(20261122), FSharpOption<int>.None)));

    private static bool Holds(List<Life> lives, int seed)
    {
        List<string> problems = ProblemsAsync(lives, seed).GetAwaiter().GetResult();
        return problems.Count == 0 ? true : throw new InvalidOperationException($"Seed {seed}:\n{string.Join('\n', lives)}\n{string.Join('\n', problems.Take(10))}");
    }

    private static async Task<List<string>> ProblemsAsync(List<Life> lives, int seed)
    {
        using var story = new LogStory(seed);
        foreach (Life life in lives)
        {
            await story.LiveAsync(life.Steps, s => life.Faults.FirstOrDefault(f => f.At == s.Number).Fault);
            if (life.CutsPower)
            {
                story.CutPower(++seed);
            }
            else
            {
                story.Restart();
            }
        }

        await story.LiveAsync(CrashWorkload.Afterwards);
        return [.. story.Errors.Select(static e => $"{e.Step} threw {e.Error}"), .. story.Problems(), .. await story.VerifyAsync()];
    }

    private sealed record Life(List<LogStep> Steps, List<(int At, DiskFault Fault)> Faults, bool CutsPower)
    {
        public override string ToString() => $"[{string.Join(", ", Steps)}] with [{string.Join(", ", Faults)}], {(CutsPower ? "then a power cut" : "then a restart")}";
    }
}
