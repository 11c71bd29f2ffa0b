using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Whatever happens to the files of a log, the verifier says that it isn't intact, and never throws.</summary>
[Trait("Speed", "slow")]
public sealed class RandomDamageTests
{
    private static readonly LogFiles[] Logs =
    [
        AuditVerification.Logs.Segmented().Files(), AuditVerification.Logs.Pruned().Files(), AuditVerification.Logs.Rotated().Files(),
        AuditVerification.Logs.Recovered().Files(), AuditVerification.Logs.Long().Files(), AuditVerification.Logs.Segmented(isSigned: false).Files(),
    ];

    [Fact]
    public void Random_damage_is_found()
    {
        Gen<(int, int, int, int)> gen = from log in Gen.Choose(0, Logs.Length - 1) from file in Gen.Choose(0, 999) from how in Gen.Choose(0, 7) from seed in Gen.Choose(0, int.MaxValue) select (log, file, how, seed);
        Prop.ForAll(gen.ToArbitrary(), static c => IsFound(c.Item1, c.Item2, c.Item3, c.Item4))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(400).WithReplay(new Replay(new Rnd(7), FSharpOption<int>.None)));
    }

    private static bool IsFound(int log, int file, int how, int seed)
    {
        LogFiles files = Logs[log].Copy();
        string[] names = [.. files.Keys.Where(static n => n != "lock" && !n.StartsWith("quarantine", StringComparison.Ordinal))];
        string name = names[file % names.Length];
        byte[] before = files[name];
        byte[] after = Spoil(before, how, new Random(seed));
        if (after.AsSpan().SequenceEqual(before))
        {
            return true;
        }

        files[name] = after;
        return !files.VerifyAsync().GetAwaiter().GetResult().IsIntact;
    }

    private static byte[] Spoil(byte[] bytes, int how, Random random)
    {
        int at = random.Next(bytes.Length);
        int end = at + 1 + random.Next(Math.Min(400, bytes.Length - at));
        byte[] piece = bytes[at..end];
        switch (how)
        {
            case 0:
                random.NextBytes(piece);
                return [.. bytes[..at], .. piece, .. bytes[end..]];
            case 1:
                return [.. bytes[..at], .. new byte[piece.Length], .. bytes[end..]];
            case 2:
                return [.. bytes[..at], .. bytes[end..]];
            case 3:
                return [.. bytes[..end], .. piece, .. bytes[end..]];
            case 4:
                return [.. bytes[..at], .. "\n"u8, .. bytes[at..]];
            case 5:
                return [.. bytes[end..], .. bytes[..end]];
            case 6:
                return [.. bytes, .. piece];
            default:
                bytes = [.. bytes];
                bytes[at] ^= (byte)(1 << random.Next(8));
                return bytes;
        }
    }
}
