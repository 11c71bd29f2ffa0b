using System.Buffers;
using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit.Segments;

/// <summary>Somebody who can write to the directory, and hasn't got the key, tries to have the writer sign, cut or remove what they want.</summary>
public sealed class TrickedWriterTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [Fact]
    public async Task A_prune_line_that_somebody_appended_is_taken_out_and_removes_nothing()
    {
        await FillAsync(segments: true);
        int segments = _folder.Segments().Count;
        string to = Path.GetFileNameWithoutExtension(_folder.Segments()[^1]).TrimStart('0');
        string log = _folder.Lines()[0].GetString("log")!;
        AppendLine($$"""{"t":"2026-01-05T09:00:00.0000000Z","ev":"prune","from":0,"to":{{to}},"retention":200,"log":"{{log}}"}""");
        for (int i = 0; i < 2; i++)
        {
            await using AuditLog opened = _folder.Open();
            await _folder.WriteAsync(opened, AuditAcknowledgement.Sealed, "after");
        }

        Assert.True(_folder.Segments().Count >= segments);
        Assert.DoesNotContain(_folder.Lines(), static l => l.GetString("ev") == "prune");
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_rotation_that_is_only_told_in_a_prune_line_and_never_was_is_damage()
    {
        await FillAsync(segments: true);
        var stolen = AuditCheckpoint.Parse(await File.ReadAllTextAsync(_folder.Combine("log", "checkpoint")));
        using var evil = new EcdsaNoteSigner(stolen.Origin, System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256));
        string genuine = _folder.Lines()[0].GetString("vkey")!;
        byte[] own = await new SignedNoteWriter([evil]).WriteAsync(Encoding.UTF8.GetBytes(stolen.Note[..(stolen.Note.IndexOf("\n\n", StringComparison.Ordinal) + 1)]), default);
        string both = stolen.Note + Encoding.UTF8.GetString(own)[(Encoding.UTF8.GetString(own).IndexOf("\n\n", StringComparison.Ordinal) + 2)..];
        long index = stolen.Size - 1;
        byte[] line = Finish(LogEvents.Key(_folder.Time.GetUtcNow(), evil.VerifierKey, genuine));
        var rotation = new LogKeyRotation(index, Encoding.UTF8.GetString(line), evil.VerifierKey, genuine, both);

        // The segments go, the hashes stay, and what follows is the thief's.
        long end = _folder.Lines().Count;
        foreach (string segment in _folder.Segments())
        {
            File.Delete(segment);
        }

        byte[] prune = Finish(LogEvents.Prune(_folder.Time.GetUtcNow(), new LogPrune(0, end, 200, null, [rotation]), LogDescriptor.DigestOf(await File.ReadAllBytesAsync(_folder.Combine("log", "log.json")))));
        await File.WriteAllBytesAsync(_folder.Combine("log", "segments", end.ToString("D20", System.Globalization.CultureInfo.InvariantCulture) + ".jsonl"), [.. prune, (byte)'\n']);
        AuditLogReport report = await _folder.VerifyAsync(new AuditLogVerification { Keys = { genuine } });
        Assert.Contains(report.Damage, static d => d.Kind == AuditLogDamageKind.Key && d.Message.Contains("hash isn't the one that is left", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Damage_before_a_change_of_key_is_refused_although_only_the_new_key_signed_behind_it()
    {
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "a");
            await log.RotateKeyAsync();
            await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "b");
        }

        byte[] whole = await File.ReadAllBytesAsync(_folder.Segments()[0]);
        foreach (int at in new[] { 10, whole.AsSpan().IndexOf("\"ev\":\"key\""u8) - 20, whole.AsSpan().IndexOf("\"replaces\""u8) + 600 })
        {
            byte[] damaged = [.. whole];
            damaged[at] ^= 1;
            await File.WriteAllBytesAsync(_folder.Segments()[0], damaged);
            await using AuditLog log = _folder.Open();
            Assert.NotNull(log.TryOpen());
            Assert.Equal(damaged, await File.ReadAllBytesAsync(_folder.Segments()[0]));
        }
    }

    [Fact]
    public async Task A_segment_that_was_put_there_is_no_reason_to_cut_the_one_before_it()
    {
        await FillAsync(segments: false);
        byte[] before = await File.ReadAllBytesAsync(_folder.Segments()[0]);
        await File.WriteAllBytesAsync(_folder.Combine("log", "segments", "00000000000000000002.jsonl"), []);
        File.Delete(_folder.Combine("log", "checkpoint"));
        for (int i = 0; i < 2; i++)
        {
            await using AuditLog log = _folder.Open();
            Assert.NotNull(log.TryOpen());
        }

        Assert.Equal(before, await File.ReadAllBytesAsync(_folder.Segments()[0]));
    }

    [Fact]
    public async Task Bytes_that_were_called_quarantined_with_an_index_that_cannot_be_are_not_told_of()
    {
        await FillAsync(segments: false);
        byte[] planted = "planted"u8.ToArray();
        await File.WriteAllBytesAsync(_folder.Combine("log", LogPaths.QuarantineName(1_000_000, System.Security.Cryptography.SHA256.HashData(planted)) + ".tmp"), planted);
        await using (AuditLog log = _folder.Open())
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Sealed, "after");
        }

        Assert.DoesNotContain(_folder.Lines(), static l => l.GetString("ev") == "log.recover");
        await _folder.AssertIntactAsync();
    }

    [Fact]
    public async Task A_link_in_the_place_of_a_file_is_not_followed()
    {
        await FillAsync(segments: false);
        string secret = _folder.Combine("secret");
        await File.WriteAllTextAsync(secret, "mine");
        string end = _folder.Lines().Count.ToString("D20", System.Globalization.CultureInfo.InvariantCulture);
        File.CreateSymbolicLink(_folder.Combine("log", "segments", end + ".jsonl"), secret);
        await using AuditLog log = _folder.Open();
        Assert.Contains("is a link", log.TryOpen(), StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(secret));
        Assert.Empty(Directory.GetFiles(_folder.Log, "quarantine-*"));
    }

    [Fact]
    public async Task A_signed_log_that_nobody_sealed_is_not_intact()
    {
        await FillAsync(segments: false);
        string[] unsealed = [.. (await File.ReadAllLinesAsync(_folder.Segments()[0])).Where(static l => !l.Contains("\"ev\":\"seal\"", StringComparison.Ordinal))];
        await File.WriteAllTextAsync(_folder.Segments()[0], string.Join('\n', unsealed[..2]) + "\n");
        File.Delete(_folder.Combine("log", "checkpoint"));
        Directory.Delete(_folder.Combine("log", "tiles"), recursive: true);
        AuditLogReport report = await _folder.VerifyAsync();
        Assert.False(report.IsIntact);
    }

    public void Dispose() => _folder.Dispose();

    private static byte[] Finish(byte[] body)
    {
        var line = new ArrayBufferWriter<byte>();
        LineStamp.New().Finish(body, line);
        return line.WrittenSpan[..^1].ToArray();
    }

    private void AppendLine(string body)
    {
        using FileStream file = File.Open(_folder.Segments()[^1], FileMode.Append);
        file.Write([.. Finish(Encoding.UTF8.GetBytes(body)), (byte)'\n']);
    }

    private async Task FillAsync(bool segments)
    {
        await using AuditLog log = _folder.Open(o => o.SegmentBytes = segments ? 4096 : o.SegmentBytes);
        for (int i = 0; i < 30; i++)
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "r" + i);
        }
    }
}
