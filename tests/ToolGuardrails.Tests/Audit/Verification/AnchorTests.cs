using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>What is found with the directory and the key alone, with an old checkpoint kept elsewhere, and with the latest one: the misses too.</summary>
public sealed class AnchorTests
{
    private readonly EcdsaNoteSigner _key = LogBuilder.NewSigner();
    private readonly LogBuilder _log;
    private readonly LogFiles _atTwenty;

    public AnchorTests()
    {
        _log = new LogBuilder(signer: _key).Records(19).Seal();
        _atTwenty = _log.Files();
        Old = _log.Checkpoints[^1];
        _log.Records(4).Seal().Records(4).Seal();
        Latest = _log.Checkpoints[^1];
    }

    private AuditCheckpoint Old { get; }

    private AuditCheckpoint Latest { get; }

    [Fact]
    public async Task An_untouched_log_fits_every_checkpoint()
    {
        Assert.Equal((20, 30), (Old.Size, Latest.Size));
        AuditLogReport report = await _log.Files().IntactAsync(o =>
        {
            o.Keys.Add(_key.VerifierKey);
            o.Checkpoints.Add(Latest);
            o.Checkpoints.Add(Old);
        });
        Assert.Equal(30, report.AnchoredRecords);
        Assert.True(report.IsKeyPinned);
    }

    [Theory]
    [InlineData("edit")]
    [InlineData("delete")]
    [InlineData("insert")]
    [InlineData("exchange")]
    public Task An_edit_of_a_line_is_found_with_or_without_a_checkpoint(string edit)
    {
        LogFiles files = _log.Files();
        List<byte[]> lines = files.Lines();
        switch (edit)
        {
            case "edit":
                lines[7] = LogFiles.Edit(lines[7], "text ", "test ");
                break;
            case "delete":
                lines.RemoveAt(7);
                break;
            case "insert":
                lines.Insert(7, new LogBuilder(isSigned: false).Lines[0]);
                break;
            default:
                (lines[7], lines[9]) = (lines[9], lines[7]);
                break;
        }

        return TableAsync(files.WithLines(lines).WithTile(), isFound: true, withOld: true, withLatest: true);
    }

    [Fact]
    public Task Cutting_the_end_off_is_found_by_the_checkpoint_file()
    {
        LogFiles files = _log.Files();
        return TableAsync(files.WithLines(files.Lines().Take(25)).WithTile(), isFound: true, withOld: true, withLatest: true);
    }

    [Fact]
    public Task A_rollback_with_its_own_checkpoint_is_missed_without_the_latest_one() =>
        TableAsync(_atTwenty, isFound: false, withOld: false, withLatest: true);

    [Fact]
    public Task A_new_history_with_another_key_is_always_found() =>
        TableAsync(new LogBuilder().Records(19).Seal().Records(4).Seal().Records(4).Seal().Files(), isFound: true, withOld: true, withLatest: true);

    [Fact]
    public Task A_record_written_anew_with_the_real_key_is_missed_without_a_checkpoint() =>
        TableAsync(Rewritten(7), isFound: false, withOld: true, withLatest: true);

    [Fact]
    public Task A_late_record_written_anew_with_the_real_key_is_missed_without_the_latest_checkpoint() =>
        TableAsync(Rewritten(28), isFound: false, withOld: false, withLatest: true);

    [Fact]
    public async Task A_fork_is_told_with_both_checkpoints_as_evidence()
    {
        AuditLogDamage damage = await Rewritten(7).DamagedAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(Latest));
        Assert.Equal(string.Empty, damage.File);
        Assert.Contains("the log was written anew, or has two histories", damage.Message, StringComparison.Ordinal);
        Assert.Contains($"The one kept elsewhere: size 30, root {Convert.ToBase64String(Latest.RootHash.Span)}. The log's newest: size 30, root ", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cut_is_told_from_a_new_history()
    {
        AuditLogDamage damage = await _atTwenty.DamagedAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(Latest));
        Assert.StartsWith("The checkpoint that was kept elsewhere is for 30 records, and the log has 21: the log was cut or rolled back.", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_checkpoint_of_another_log_doesnt_anchor_this_one()
    {
        AuditLogDamage damage = await _log.Files().DamagedAsync(AuditLogDamageKind.Anchor, static o => o.Checkpoints.Add(new LogBuilder(origin: "other.example/log").Checkpoint()));
        Assert.Contains("It is of the log 'other.example/log'.", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_forged_checkpoint_doesnt_anchor_the_log()
    {
        AuditCheckpoint forged = new LogBuilder().Records(19).Seal().Checkpoints[^1];
        AuditLogReport report = await _log.Files().DamagedAmongAsync(AuditLogDamageKind.Anchor, o => o.Checkpoints.Add(forged));
        Assert.Null(report.AnchoredRecords);
    }

    [Theory]
    [InlineData("signature")]
    [InlineData("root")]
    [InlineData("cut")]
    public async Task A_damaged_checkpoint_file_is_only_a_copy(string part)
    {
        LogFiles files = _log.Files();
        byte[] file = files["checkpoint"];
        switch (part)
        {
            case "signature":
                file[^9] ^= 1;
                break;
            case "root":
                file[LogBuilder.Origin.Length + 6] ^= 1;
                break;
            default:
                files["checkpoint"] = file[..40];
                break;
        }

        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.Checkpoint);
        Assert.Equal(("checkpoint", true), (damage.File, damage.IsDerived));
    }

    [Fact]
    public async Task A_missing_checkpoint_file_is_damage_of_a_log_with_a_seal()
    {
        Assert.True((await _log.Files().Without("checkpoint").DamagedAsync(AuditLogDamageKind.Checkpoint)).IsDerived);
        await new LogBuilder(isSigned: false).Records(2).Files().IntactAsync();
    }

    [Fact]
    public async Task An_older_checkpoint_file_is_only_mentioned_since_the_seals_are_there()
    {
        LogFiles files = _log.Files();
        files["checkpoint"] = _atTwenty["checkpoint"];
        AuditLogReport report = await files.IntactAsync();
        Assert.Contains(report.Notes, static n => n.StartsWith("The file checkpoint is for 20 records, and the newest seal for 30", StringComparison.Ordinal));
    }

    // The same key, the same beginning, and from one record on another history of the same length.
    private LogFiles Rewritten(int record) => record < 20
        ? _log.Fork(record).Records(20 - record).Seal().Records(4).Seal().Records(4).Seal().Files()
        : _log.Fork(record).Records(30 - record).Seal().Files();

    private async Task TableAsync(LogFiles files, bool isFound, bool withOld, bool withLatest)
    {
        Assert.Equal(!isFound, (await files.VerifyAsync(o => o.Keys.Add(_key.VerifierKey))).IsIntact);
        Assert.Equal(!withOld, (await files.VerifyAsync(o => Anchored(o, Old))).IsIntact);
        Assert.Equal(!withLatest, (await files.VerifyAsync(o => Anchored(o, Latest))).IsIntact);
    }

    private void Anchored(AuditLogVerification options, AuditCheckpoint anchor)
    {
        options.Keys.Add(_key.VerifierKey);
        options.Checkpoints.Add(anchor);
    }
}
