using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

public sealed class KeyAndPruneTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 11, 13, 55, TimeSpan.Zero);

    [Fact]
    public async Task A_change_of_key_needs_both_signatures()
    {
        foreach (bool onlyOld in new[] { true, false })
        {
            LogBuilder log = Logs.Small();
            EcdsaNoteSigner next = LogBuilder.NewSigner();
            log.Event(LogEvents.Key(Time, next.VerifierKey, log.Signer!.VerifierKey)).Seal(onlyOld ? log.Signer : next);
            AuditLogReport report = await log.Files().DamagedAmongAsync(AuditLogDamageKind.Key);
            Assert.Equal(9, report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Key).Record);
        }
    }

    [Fact]
    public async Task After_a_change_the_old_key_alone_doesnt_count_and_before_it_the_new_one_doesnt()
    {
        LogBuilder log = Logs.Small();
        AuditCheckpoint early = log.Checkpoints[0];
        EcdsaNoteSigner old = log.Signer!;
        AuditCheckpoint justBefore = log.Checkpoint();
        log.Rotate().Records(1);
        AuditCheckpoint byOld = log.Checkpoint(old);
        log.Seal();
        await log.Files().IntactAsync(o => o.Checkpoints.Add(early));
        await log.Files().IntactAsync(o => o.Checkpoints.Add(justBefore));
        await log.Files().DamagedAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(byOld));

        byte[] note = await new SignedNoteWriter([log.Signer!]).WriteAsync(Encoding.UTF8.GetBytes(early.Note[..(early.Note.IndexOf("\n\n", StringComparison.Ordinal) + 1)]), CancellationToken.None);
        await log.Files().DamagedAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(AuditCheckpoint.Parse(Encoding.UTF8.GetString(note))));
    }

    [Fact]
    public async Task A_last_seal_by_a_key_that_was_replaced_is_damage()
    {
        LogBuilder log = Logs.Small();
        EcdsaNoteSigner old = log.Signer!;
        AuditLogReport report = await log.Rotate().Records(1).Seal(old).Files().DamagedAmongAsync(AuditLogDamageKind.Signature);
        Assert.Equal(11, report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Signature).Record);
    }

    [Theory]
    [InlineData("the same")]
    [InlineData("another's")]
    [InlineData("no key")]
    [InlineData("a stranger")]
    public async Task A_key_line_that_doesnt_follow_the_rules_is_damage(string kind)
    {
        LogBuilder log = Logs.Small();
        string current = log.Signer!.VerifierKey;
        string next = LogBuilder.NewSigner().VerifierKey;
        (string key, string replaces) = kind switch
        {
            "the same" => (current, current),
            "another's" => (LogBuilder.NewSigner("other.example/log").VerifierKey, current),
            "no key" => ("x", current),
            _ => (next, LogBuilder.NewSigner().VerifierKey),
        };
        await log.Event(LogEvents.Key(Time, key, replaces)).Seal().Files().DamagedAsync(AuditLogDamageKind.Key);
    }

    [Fact]
    public async Task A_key_line_without_a_seal_behind_it_is_damage_at_the_end_too()
    {
        LogBuilder log = Logs.Small();
        log.Event(LogEvents.Key(Time, LogBuilder.NewSigner().VerifierKey, log.Signer!.VerifierKey));
        await log.Files().DamagedAsync(AuditLogDamageKind.Key);
        await log.Records(1).Seal().Files().DamagedAsync(AuditLogDamageKind.Key);
    }

    [Fact]
    public async Task A_key_may_come_back()
    {
        LogBuilder log = Logs.Small();
        EcdsaNoteSigner first = log.Signer!;
        log.Rotate().Records(1).Seal();
        log.Event(LogEvents.Key(Time, first.VerifierKey, log.Signer!.VerifierKey)).Seal(log.Signer!, first).Records(1).Seal(first);
        await log.Files().IntactAsync(static o => o.AllSignatures = true);
    }

    [Fact]
    public async Task A_damaged_key_line_isnt_followed_by_complaints_about_signatures()
    {
        LogFiles files = Logs.Rotated().Files();
        List<byte[]> lines = files.Lines();
        lines[8][50] ^= 1;
        await files.WithLines(lines).DamagedAsync(AuditLogDamageKind.Line);
    }

    [Fact]
    public async Task Segments_that_were_removed_before_a_seal_covered_the_prune_line_are_damage()
    {
        LogBuilder log = Logs.Segmented().Prune(1, isSealed: false);
        await log.Files().DamagedAsync(AuditLogDamageKind.Prune);
        await log.Seal().Files().IntactAsync();
    }

    [Fact]
    public async Task More_removed_than_pruned_is_damage()
    {
        LogFiles files = Logs.Segmented().Prune(1).Files();
        AuditLogDamage damage = await files.Without(LogFiles.Segment(8)).DamagedAsync(AuditLogDamageKind.Segment);
        Assert.Contains("The records 8 to 14 are missing", damage.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"from\":0,\"to\":8,\"retention\":179", false)]
    [InlineData("\"from\":0,\"to\":8,\"retention\":179,\"override\":\"\"", false)]
    [InlineData("\"from\":0,\"to\":8,\"retention\":179,\"override\":\"a test\"", true)]
    [InlineData("\"from\":0,\"to\":8", false)]
    [InlineData("\"from\":0,\"to\":7,\"retention\":180", false)]
    [InlineData("\"from\":0,\"to\":90,\"retention\":180", false)]
    [InlineData("\"from\":3,\"to\":8,\"retention\":180", false)]
    [InlineData("\"from\":8,\"to\":8,\"retention\":180", false)]
    [InlineData("\"from\":0,\"to\":8,\"retention\":180,\"rotations\":[]", false)]
    [InlineData("\"from\":0,\"to\":8,\"retention\":180,\"rotations\":[{\"index\":1}]", false)]
    public async Task A_prune_line_must_follow_the_rules(string members, bool isGood)
    {
        LogBuilder log = Logs.Segmented();
        LogFiles files = log.Raw($"\"ev\":\"prune\",{members},\"log\":\"{LogDescriptor.DigestOf(log.Descriptor)}\"").Seal().Files();
        if (isGood)
        {
            await files.IntactAsync();
        }
        else
        {
            await files.DamagedAsync(AuditLogDamageKind.Prune);
        }
    }

    [Fact]
    public async Task A_prune_line_that_leaves_a_change_of_key_out_is_damage()
    {
        LogBuilder log = Logs.Small().Rotate().Records(1).Seal().Segment().Records(1);
        LogFiles files = log.Raw($"\"ev\":\"prune\",\"from\":0,\"to\":12,\"retention\":180,\"log\":\"{LogDescriptor.DigestOf(log.Descriptor)}\"").Seal().Files();
        await files.DamagedAsync(AuditLogDamageKind.Prune);
    }

    [Fact]
    public async Task Hashes_of_pruned_records_that_were_changed_or_removed_are_damage_that_cant_be_repaired()
    {
        LogFiles files = Logs.Pruned().Files();
        LogFiles changed = files.Copy();
        changed[LogFiles.Tile(0)][32] ^= 1;
        AuditLogDamage damage = await changed.DamagedAsync(AuditLogDamageKind.PrunedHashes);
        Assert.Equal((LogFiles.Tile(0), false), (damage.File, damage.IsDerived));
        await files.Without(LogFiles.Tile(8)).DamagedAsync(AuditLogDamageKind.PrunedHashes);
    }

    [Fact]
    public async Task Changed_hashes_of_many_pruned_records_are_found_by_their_subtrees()
    {
        LogBuilder log = new LogBuilder().Records(1020).Seal().Segment().Records(2).Seal().Prune(1);
        LogFiles files = log.Files();
        LogFiles changed = files.Copy();
        changed[LogFiles.Tile(0)][300 * 32] ^= 1;
        AuditLogDamage damage = await changed.DamagedAsync(AuditLogDamageKind.PrunedHashes);
        Assert.Equal((LogFiles.Tile(0), 256L, 256L * 32), (damage.File, damage.Record, damage.Offset));
        files["tiles/1.bin"][40] ^= 1;
        damage = await files.DamagedAsync(AuditLogDamageKind.Derived);
        Assert.Equal(("tiles/1.bin", 32L), (damage.File, damage.Offset));
    }

    [Fact]
    public async Task A_pruned_change_of_key_is_vouched_for_by_its_note()
    {
        LogBuilder log = Logs.Small().Rotate().Segment().Records(1).Seal();
        EcdsaNoteSigner stranger = LogBuilder.NewSigner();
        AuditCheckpoint forged = log.Checkpoint(stranger);
        string members = $"\"from\":0,\"to\":10,\"retention\":180,\"log\":\"{LogDescriptor.DigestOf(log.Descriptor)}\"";
        string note = System.Text.Json.JsonEncodedText.Encode(forged.Note).ToString();
        LogFiles files = log.Raw($"\"ev\":\"prune\",{members},\"rotations\":[{{\"index\":8,\"line\":\"x\",\"vkey\":\"{log.Signer!.VerifierKey}\",\"replaces\":\"x\",\"note\":\"{note}\"}}]").Seal().Files();
        await files.Without(LogFiles.Segment(0)).DamagedAmongAsync(AuditLogDamageKind.Key);
    }
}
