namespace ToolGuardrails.Tests.Audit.Segments;

public sealed class SigningTests : IDisposable
{
    private const string Origin = "example.com/log/support";
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_signer_of_the_hosts_takes_the_place_of_a_key_file()
    {
        using var signer = new SwitchSigner(Origin);
        await using (AuditLog log = _folder.Open(o => o.Signer = signer))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "a");
        }

        Assert.False(Directory.Exists(_folder.Keys));
        AuditLogReport report = await _folder.VerifyAsync(new AuditLogVerification { Keys = { signer.VerifierKey } });
        Assert.True(report is { IsIntact: true, IsKeyPinned: true, Origin: Origin }, report.ToText());
    }

    [Fact]
    public async Task A_signer_that_fails_keeps_seals_back_and_nothing_else()
    {
        using var signer = new SwitchSigner(Origin);
        var lines = new LogLines();
        await using (AuditLog log = _folder.Open(o => (o.Signer, o.LoggerFactory) = (signer, lines)))
        {
            signer.Fails = true;
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
            _folder.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("log.open prompt", _folder.Kinds());
            Assert.Contains(lines.Lines, static l => l.Contains("couldn't be sealed", StringComparison.Ordinal));
            signer.Fails = false;
            _folder.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("log.open prompt", _folder.Kinds()); // It is asked less often, because each question may hold records up.
            _folder.Time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("log.open prompt seal", _folder.Kinds());
        }

        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_record_that_had_to_be_sealed_and_could_not_never_happened()
    {
        using var signer = new SwitchSigner(Origin);
        await using (AuditLog log = _folder.Open(o => o.Signer = signer))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
            signer.Fails = true;
            await Assert.ThrowsAnyAsync<IOException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "b"));
            signer.Fails = false;
            await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "c");
        }

        Assert.Equal("a c", _folder.Texts());
        Assert.Single(Directory.GetFiles(_folder.Log, "quarantine-*.bin"));
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_rotation_is_signed_by_both_keys_and_old_and_new_ones_vouch_for_the_log()
    {
        string old;
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
            old = _folder.Lines()[0].GetString("vkey")!;
            AuditCheckpoint both = await log.RotateKeyAsync();
            Assert.Equal(2, both.Note.Split('\u2014').Length - 1);
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "b");
        }

        AuditRecord rotation = Assert.Single(_folder.Lines(), static l => l.GetString("ev") == "key");
        Assert.Equal(old, rotation.GetString("replaces"));
        foreach (string key in new[] { old, rotation.GetString("vkey")! })
        {
            AuditLogReport report = await _folder.VerifyAsync(new AuditLogVerification { Keys = { key } });
            Assert.True(report is { IsIntact: true, IsKeyPinned: true }, report.ToText());
        }

        await using AuditLog again = _folder.Open();
        await _folder.WriteAsync(again, AuditAcknowledgement.Sealed, "c");
    }

    [Fact]
    public async Task A_log_goes_over_from_a_key_file_to_a_signer_and_on_to_another_when_it_is_opened()
    {
        await using (AuditLog log = _folder.Open(static o => o.Origin = Origin))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
        }

        using var first = new SwitchSigner(Origin);
        using var second = new SwitchSigner(Origin);
        await using (AuditLog log = _folder.Open(o => o.Signer = first))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "b");
        }

        await using (AuditLog log = _folder.Open(o => (o.Signer, o.PreviousSigner) = (second, first)))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "c");
        }

        Assert.Equal([first.VerifierKey, second.VerifierKey], _folder.Lines().Where(static l => l.GetString("ev") == "key").Select(static l => l.GetString("vkey")));
        Assert.Equal("a b c", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task Half_a_rotation_is_taken_out_when_the_log_is_opened_again()
    {
        using var first = new SwitchSigner(Origin);
        using var second = new SwitchSigner(Origin) { Fails = true };
        await using (AuditLog log = _folder.Open(o => o.Signer = first))
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "a");
        }

        await using (AuditLog log = _folder.Open(o => (o.Signer, o.PreviousSigner) = (second, first)))
        {
            await Assert.ThrowsAnyAsync<IOException>(async () => await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "b"));
            second.Fails = false;
            await _folder.WriteAsync(log, AuditAcknowledgement.Durable, "c");
        }

        Assert.Single(_folder.Lines(), static l => l.GetString("ev") == "key");
        Assert.Equal("a c", _folder.Texts());
        await _folder.AssertIntactAsync();
    }

    public void Dispose() => _folder.Dispose();
}
