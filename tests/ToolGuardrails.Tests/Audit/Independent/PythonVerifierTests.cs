using System.Text.Json;
using ToolGuardrails.Tests.Audit.Segments;

namespace ToolGuardrails.Tests.Audit.Independent;

[Trait("Speed", "slow")]
public sealed class PythonVerifierTests : IDisposable
{
    private readonly LogFolder _folder = new();

    [PythonFact]
    public async Task Its_own_tests_pass()
    {
        (int exit, _, string errors) = await Python.OwnTestsAsync();
        Assert.True(exit == 0, errors);
    }

    [PythonFact]
    public async Task Both_verifiers_find_the_same_in_logs_of_every_kind()
    {
        await WriteAsync(static o => o.SegmentBytes = 4096, rotate: true);
        await AgreeAsync(intact: true);
        await File.AppendAllTextAsync(_folder.Segments()[^1], "torn");
        await AgreeAsync(intact: false);
        await WriteAsync(static o => o.SegmentBytes = 4096);
        await AgreeAsync(intact: true);
        _folder.Time.Advance(TimeSpan.FromDays(10));
        await WriteAsync(static o => (o.SegmentBytes, o.Retention, o.RetentionOverride) = (4096, TimeSpan.FromDays(2), "test data"));
        Assert.NotEqual(0, (await AgreeAsync(intact: true)).GetProperty("first_record").GetInt64());
    }

    [PythonFact]
    public async Task Both_verifiers_say_when_nobody_signed()
    {
        await WriteAsync(static o => o.IsUnsigned = true);
        Assert.False((await AgreeAsync(intact: true)).GetProperty("signed").GetBoolean());
    }

    [PythonFact]
    public async Task Both_verifiers_refuse_every_damaged_log()
    {
        await WriteAsync(static o => o.SegmentBytes = 4096, rotate: true);
        string[] files = [.. Directory.GetFiles(_folder.Log, "*", SearchOption.AllDirectories).Where(static f => Path.GetFileName(f) != "lock").Order(StringComparer.Ordinal)];
        var random = new Random(20261122);
        for (int i = 0; i < 40; i++)
        {
            string file = files[i % files.Length];
            byte[] whole = await File.ReadAllBytesAsync(file);
            byte[] damaged = [.. whole];
            damaged[random.Next(damaged.Length)] ^= (byte)(1 << random.Next(8));
            await File.WriteAllBytesAsync(file, damaged);
            JsonElement found = await AgreeAsync(intact: false);
            string relative = Path.GetRelativePath(_folder.Log, file).Replace('\\', '/');
            Assert.Contains(found.GetProperty("damage").EnumerateArray(), d => d.GetProperty("file").GetString() == relative);
            await File.WriteAllBytesAsync(file, whole);
        }
    }

    [PythonFact]
    public async Task Both_verifiers_find_a_rollback_and_a_rewrite_with_a_checkpoint_kept_elsewhere()
    {
        await WriteAsync(null);
        foreach (string file in Directory.GetFiles(_folder.Log, "*", SearchOption.AllDirectories))
        {
            string copy = _folder.Combine("old", Path.GetRelativePath(_folder.Log, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }

        await WriteAsync(null);
        string kept = _folder.Combine("kept");
        File.Copy(_folder.Combine("log", "checkpoint"), kept);
        Directory.Delete(_folder.Log, recursive: true);
        Directory.Move(_folder.Combine("old"), _folder.Log);
        await AgreeAsync(intact: true);
        await AgreeAsync(intact: false, kept);
        _folder.BeginAnew();
        await WriteAsync(null);
        await AgreeAsync(intact: true);
        await AgreeAsync(intact: false, kept);
    }

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement> AgreeAsync(bool intact, string? kept = null)
    {
        var options = new AuditLogVerification();
        foreach (AuditCheckpoint checkpoint in kept is null ? [] : AuditCheckpoint.ParseFile(await File.ReadAllTextAsync(kept)))
        {
            options.Checkpoints.Add(checkpoint);
        }

        AuditLogReport ours = await _folder.VerifyAsync(options);
        JsonElement theirs = await Python.VerifyAsync(_folder.Log, kept is null ? [] : ["--checkpoint", kept]);
        string both = $"{ours.ToText()}\n{theirs.GetRawText()}";
        Assert.True(ours.IsIntact == intact && theirs.GetProperty("intact").GetBoolean() == intact, both);
        if (intact)
        {
            Assert.True(
                (ours.IsSigned, ours.Records, ours.SealedRecords, ours.FirstRecord) == (theirs.GetProperty("signed").GetBoolean(), theirs.GetProperty("records").GetInt64(), theirs.GetProperty("sealed_records").GetInt64(), theirs.GetProperty("first_record").GetInt64()),
                both);
        }

        return theirs;
    }

    private async Task WriteAsync(Action<AuditLogOptions>? configure, bool rotate = false)
    {
        await using AuditLog log = _folder.Open(configure);
        for (int i = 0; i < 20; i++)
        {
            await _folder.WriteAsync(log, AuditAcknowledgement.Written, "a" + i, "b" + i);
            if (rotate && i % 8 == 3)
            {
                await log.RotateKeyAsync();
            }
        }
    }
}
