using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Logs that were badly written from the start, so that every root fits.</summary>
public sealed class RuleTests
{
    private static readonly DateTimeOffset Time = new(2026, 11, 22, 11, 13, 55, TimeSpan.Zero);

    [Theory]
    [InlineData("\"ev\":\"prompt\",\"text\":\"a\",\"text\":\"b\"", "a member twice")]
    [InlineData("\"ev\":\"prompt\",\"text\":\"a\",\"t\\u0065xt\":\"b\"", "a member twice")]
    [InlineData("\"ev\":\"prompt\",\"x\":01", "isn't one JSON object")]
    [InlineData("\"ev\":\"prompt\",\"x\":tru", "isn't one JSON object")]
    [InlineData("\"ev\":\"prompt\",\"x\":[1,2", "isn't one JSON object")]
    [InlineData("\"ev\":\"prompt\",\"x\":\"\t\"", "isn't one JSON object")]
    [InlineData("\"ev\":\"se\\u0061l\"", "written with an escape")]
    public async Task A_line_that_isnt_of_the_format_is_damage(string members, string problem)
    {
        AuditLogReport report = await new LogBuilder().Raw(members).Seal().Files().DamagedAmongAsync(AuditLogDamageKind.Line);
        Assert.Contains(problem, report.Damage[0].Message, StringComparison.Ordinal);
        Assert.Equal(1, report.Damage[0].Record);
    }

    [Theory]
    [InlineData("2026-11-22", "2026-11-31")]
    [InlineData("2026-11-22", "2025-02-29")]
    [InlineData("2026-11-22", "2026-00-22")]
    [InlineData("T11:13:55", "T24:13:55")]
    [InlineData("T11:13:55", "T11:13:60")]
    [InlineData("55.9763702Z", "55.976370ZZ")]
    [InlineData("\"v\":1", "\"v\":2")]
    [InlineData("\"n\":0", "\"n\":00")]
    public async Task A_frame_that_isnt_of_the_format_is_damage(string old, string now)
    {
        LogFiles files = new LogBuilder(isSigned: false).Records(1).Files();
        List<byte[]> lines = files.Lines();
        lines[1] = LogFiles.Edit(lines[1], old, now);
        AuditLogDamage damage = await files.WithLines(lines).WithTile().DamagedAsync(AuditLogDamageKind.Line);
        Assert.Equal(1, damage.Record);
    }

    [Fact]
    public async Task Half_a_byte_at_the_end_of_a_writers_id_is_damage()
    {
        LogFiles files = new LogBuilder(isSigned: false).Records(1).Files();
        List<byte[]> lines = files.Lines();
        string text = Encoding.UTF8.GetString(lines[1]);
        lines[1] = LogFiles.Edit(lines[1], text[12..34], text[12..33] + "B");
        await files.WithLines(lines).WithTile().DamagedAsync(AuditLogDamageKind.Line);
    }

    [Fact]
    public async Task Deep_and_wide_records_are_of_the_format()
    {
        string deep = $"\"ev\":\"prompt\",\"x\":{new string('[', 900)}{new string(']', 900)}";
        string wide = "\"ev\":\"prompt\"" + string.Concat(Enumerable.Range(0, 200).Select(static i => $",\"m{i}\":{i}.5e-3"));
        await new LogBuilder().Raw(deep).Raw(wide).Raw($"\"ev\":\"seal-like\",\"x\":\"{new string('a', 65_000)}\"").Seal().Files().IntactAsync();
    }

    [Fact]
    public async Task A_line_that_is_too_long_is_damage()
    {
        AuditLogReport report = await new LogBuilder().Raw($"\"ev\":\"prompt\",\"x\":\"{new string('a', 66_000)}\"").Seal().Files().VerifyAsync();
        Assert.Contains("the most is 65535", report.Damage[0].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seal_without_a_note_or_of_another_log_is_damage()
    {
        await Logs.Small().Raw("\"ev\":\"seal\"").Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
        await Logs.Small().Raw("\"ev\":\"seal\",\"note\":\"x\"").Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
        string other = new LogBuilder(origin: "other.example/log").Checkpoint().Note;
        await Logs.Small().Event(LogEvents.Seal(Time, other)).Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
    }

    [Fact]
    public async Task A_seal_at_the_wrong_place_is_damage()
    {
        LogBuilder log = Logs.Small();
        AuditLogDamage damage = await log.Event(LogEvents.Seal(Time, log.Checkpoints[0].Note)).Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
        Assert.Equal(8, damage.Record);
        Assert.StartsWith("The seal is for 4 records and stands behind 8.", damage.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_seal_with_another_root_that_the_next_seal_covers_is_damage_of_its_own()
    {
        LogBuilder log = Logs.Small();
        EcdsaNoteSigner signer = log.Signer!;
        byte[] text = new Checkpoint(LogBuilder.Origin, 8, new byte[32]).ToText();
        byte[] note = await new SignedNoteWriter([signer]).WriteAsync(text, CancellationToken.None);
        AuditLogDamage damage = await log.Event(LogEvents.Seal(Time, Encoding.UTF8.GetString(note))).Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
        Assert.Equal(8, damage.Record);
    }

    [Fact]
    public async Task The_last_seal_must_be_signed_by_the_key_in_force_and_all_of_them_where_all_are_checked()
    {
        EcdsaNoteSigner other = LogBuilder.NewSigner();
        LogFiles last = Logs.Small().Records(1).Seal(other).Files();
        AuditLogReport report = await last.DamagedAmongAsync(AuditLogDamageKind.Signature);
        Assert.Equal(9, report.Damage.Single(static d => d.Kind == AuditLogDamageKind.Signature).Record);

        LogFiles earlier = Logs.Small().Seal(other).Records(1).Seal().Files();
        await earlier.IntactAsync();
        AuditLogDamage damage = await earlier.DamagedAsync(AuditLogDamageKind.Signature, static o => o.AllSignatures = true);
        Assert.Equal(8, damage.Record);
    }

    [Fact]
    public async Task An_unsigned_log_mustnt_have_signed_seals_or_keys()
    {
        LogBuilder log = Logs.Small(isSigned: false);
        await log.Seal(LogBuilder.NewSigner()).Seal().Files().DamagedAsync(AuditLogDamageKind.Seal);
        LogBuilder key = Logs.Small(isSigned: false);
        await key.Event(LogEvents.Key(Time, LogBuilder.NewSigner().VerifierKey, LogBuilder.NewSigner().VerifierKey)).Seal().Files().DamagedAsync(AuditLogDamageKind.Key);
    }

    [Fact]
    public async Task The_first_line_must_be_a_log_open_of_this_descriptor()
    {
        LogFiles files = Logs.Small().Files();
        await files.WithLines(files.Lines().Skip(1)).WithTile().Without("checkpoint").DamagedAmongAsync(AuditLogDamageKind.LogOpen);

        LogBuilder log = Logs.Small();
        string digest = LogDescriptor.DigestOf(new LogBuilder(id: 'b').Descriptor);
        AuditLogDamage damage = await log.Event(LogEvents.Open(Time, digest, log.Signer!.VerifierKey, null)).Seal().Files().DamagedAsync(AuditLogDamageKind.LogOpen);
        Assert.Equal(8, damage.Record);
    }

    [Fact]
    public async Task A_log_open_must_say_whether_the_log_is_signed_by_which_key_and_what_came_before_only_at_the_start()
    {
        LogBuilder log = Logs.Small();
        await log.Event(LogEvents.Open(Time, LogDescriptor.DigestOf(log.Descriptor), null, null)).Seal().Files().DamagedAsync(AuditLogDamageKind.LogOpen);
        log = Logs.Small();
        await log.Event(LogEvents.Open(Time, LogDescriptor.DigestOf(log.Descriptor), LogBuilder.NewSigner().VerifierKey, null)).Seal().Files().DamagedAsync(AuditLogDamageKind.LogOpen);
        log = Logs.Small();
        await log.Event(LogEvents.Open(Time, LogDescriptor.DigestOf(log.Descriptor), log.Signer!.VerifierKey, log.Checkpoints[0].Note)).Seal().Files().DamagedAsync(AuditLogDamageKind.LogOpen);
    }

    [Fact]
    public async Task Another_logs_descriptor_is_damage_once_and_not_of_every_seal()
    {
        LogFiles files = Logs.Segmented().Files();
        files["log.json"] = new LogBuilder(id: 'b').Descriptor;
        AuditLogDamage damage = await files.DamagedAsync(AuditLogDamageKind.Descriptor);
        Assert.Equal("log.json", damage.File);
        await files.Without("log.json").DamagedAsync(AuditLogDamageKind.Descriptor);
    }

    [Fact]
    public async Task A_given_key_that_never_was_in_force_is_damage()
    {
        LogBuilder log = Logs.Small();
        await log.Files().DamagedAsync(AuditLogDamageKind.Key, static o => o.Keys.Add(LogBuilder.NewSigner().VerifierKey));
        await Logs.Small(isSigned: false).Files().DamagedAsync(AuditLogDamageKind.Key, static o => o.Keys.Add(LogBuilder.NewSigner().VerifierKey));
    }

    [Fact]
    public async Task A_log_that_should_be_signed_and_has_no_seal_is_damage_and_pinned_by_no_key()
    {
        LogBuilder young = new LogBuilder().Records(2);
        await young.Files().DamagedAsync(AuditLogDamageKind.Seal);
        Assert.False((await young.Files().VerifyAsync(o => o.Keys.Add(young.Signer!.VerifierKey))).IsKeyPinned);
        await new LogBuilder(isSigned: false).Records(2).Files().IntactAsync();
    }

    [Fact]
    public async Task A_writers_numbers_that_begin_late_or_come_again_are_damage()
    {
        LogBuilder log = new LogBuilder(isSigned: false).Records(2);
        LogFiles files = log.Files();
        List<byte[]> lines = files.Lines();
        lines.RemoveAt(1);
        AuditLogDamage damage = await files.WithLines(lines).WithTile().DamagedAsync(AuditLogDamageKind.Counter);
        Assert.Equal(1, damage.Record);
        files = log.Files();
        await files.WithLines([.. files.Lines(), files.Lines()[2]]).WithTile().DamagedAsync(AuditLogDamageKind.Counter);
    }

    [Fact]
    public async Task A_directory_that_isnt_there_is_an_exception_and_one_that_isnt_a_log_is_one_damage()
    {
        using var folder = new TemporaryFolder();
        await Assert.ThrowsAsync<DirectoryNotFoundException>(() => AuditLogVerifier.VerifyAsync(folder.Combine("none")));
        await Assert.ThrowsAsync<FormatException>(() => AuditLogVerifier.VerifyAsync(folder.Path, new AuditLogVerification { Keys = { "no key" } }));
        AuditLogReport report = await AuditLogVerifier.VerifyAsync(folder.Path);
        Assert.Contains("it isn't an audit log", Assert.Single(report.Damage).Message, StringComparison.Ordinal);
    }
}
