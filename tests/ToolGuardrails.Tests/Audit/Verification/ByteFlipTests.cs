namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Each byte of each file of small logs, one at a time.</summary>
[Trait("Speed", "slow")]
public sealed class ByteFlipTests
{
    [Theory]
    [InlineData("signed", 0x01)]
    [InlineData("signed", 0x2A)]
    [InlineData("unsigned", 0x01)]
    [InlineData("rotated", 0x02)]
    [InlineData("pruned", 0x01)]
    [InlineData("recovered", 0x80)]
    public async Task Every_changed_byte_is_found_in_its_file(string kind, byte flip)
    {
        LogFiles files = Log(kind).Files();
        string[] missed = await Task.WhenAll(Enumerable.Range(0, 4).Select(part => Task.Run(() => MissedAsync(files, flip, part, 4))));
        Assert.True(missed.All(static m => m.Length == 0), string.Concat(missed));
    }

    [Fact]
    public async Task A_changed_lock_is_harmless()
    {
        LogFiles files = Logs.Small().Files();
        files["lock"][0] ^= 1;
        await files.IntactAsync();
    }

    private static LogBuilder Log(string kind) => kind switch
    {
        "signed" => new LogBuilder().Records(2).Seal().Segment().Records(1).Seal().Records(1),
        "unsigned" => new LogBuilder(isSigned: false).Records(1).Seal().Segment().Records(1).Seal(),
        "rotated" => new LogBuilder().Rotate().Records(1).Seal(),
        "pruned" => new LogBuilder().Rotate().Segment().Records(1).Seal().Prune(1),
        _ => new LogBuilder().Seal().Open().Recover("{\"v\":1,\"w\":\"torn").Seal(),
    };

    private static async Task<string> MissedAsync(LogFiles files, byte flip, int part, int parts)
    {
        using var folder = new TemporaryFolder();
        files.WriteTo(folder.Path);
        string missed = string.Empty;
        foreach ((string name, byte[] bytes) in files.Where(static f => f.Key != "lock"))
        {
            string path = folder.Combine(name);
            using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite, bufferSize: 0);
            for (int at = part; at < bytes.Length; at += parts)
            {
                Write(file, at, (byte)(bytes[at] ^ flip));
                AuditLogReport report = await AuditLogVerifier.VerifyAsync(folder.Path, new AuditLogVerification { MaxDegreeOfParallelism = 1 });
                Write(file, at, bytes[at]);
                if (Problem(report, name, at) is { } problem)
                {
                    missed += $"{name} byte {at}: {problem}\n{report.ToText()}\n";
                }
            }
        }

        return missed;
    }

    private static void Write(FileStream file, int at, byte value)
    {
        file.Position = at;
        file.WriteByte(value);
    }

    // What is wrong is in the file that was changed, and of a kind that fits it.
    private static string? Problem(AuditLogReport report, string name, int at)
    {
        if (report.IsIntact)
        {
            return "missed";
        }

        AuditLogDamage first = report.Damage[0];
        return first.File != name ? "the wrong file"
            : !Kinds(name).Contains(first.Kind) ? "the wrong kind"
            : first.IsDerived != (first.Kind is AuditLogDamageKind.Derived || (name == "checkpoint" && !CouldBeTrue(report))) ? "derived or not"
            : first.Offset > at ? "the wrong place"
            : report.Damage.Count > 3 ? "too many consequences"
            : null;
    }

    // Of an unsigned log, a checkpoint of more records than are sealed may be right.
    private static bool CouldBeTrue(AuditLogReport report) => !report.IsSigned && !report.Damage[0].IsDerived;

    private static AuditLogDamageKind[] Kinds(string name) => name switch
    {
        "log.json" => [AuditLogDamageKind.Descriptor],
        "checkpoint" => [AuditLogDamageKind.Checkpoint],
        _ when name.StartsWith("quarantine", StringComparison.Ordinal) => [AuditLogDamageKind.Quarantine],
        _ when name.StartsWith("segments", StringComparison.Ordinal) => [AuditLogDamageKind.Line, AuditLogDamageKind.TornTail],
        _ => [AuditLogDamageKind.Derived, AuditLogDamageKind.PrunedHashes],
    };
}
