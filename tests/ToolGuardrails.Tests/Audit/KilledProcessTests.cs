namespace ToolGuardrails.Tests.Audit;

[Trait("Speed", "slow")]
public sealed class KilledProcessTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_process_that_is_killed_twenty_times_has_kept_every_record_it_was_promised()
    {
        string path = _folder.Combine("audit.jsonl");
        var random = new Random(20);
        var promised = new List<string>();
        for (int round = 0; round < 20; round++)
        {
            using var process = new WriterProcess("write", path, "8");
            for (int lines = random.Next(1, 400); lines > 0; lines--)
            {
                promised.Add((await process.ReadLineAsync())!);
            }

            process.Kill();
            string[] rest = await process.ReadToEndAsync();
            promised.AddRange(rest.SkipLast(1)); // The last line may be cut off.
        }

        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        var kept = whole.Where(static r => r.Kind is AuditRecordKind.Prompt or AuditRecordKind.Decision).Select(static r => r.Kind == AuditRecordKind.Prompt ? r.GetString("text")! : r.CallId!).ToHashSet();
        Assert.Empty(promised.Except(kept));
        Assert.InRange(torn.Count, 0, 20);
        AuditLines.AssertGapFree(whole);
        Assert.Equal(20, whole.Select(static r => r.GetString("w")).Distinct().Count());
    }

    [Fact]
    public async Task Another_process_is_kept_off_the_file_until_the_first_has_ended()
    {
        string path = _folder.Combine("audit.jsonl");
        using var first = new WriterProcess("hold", path);
        Assert.Equal("held", await first.ReadLineAsync());
        using (var second = new WriterProcess("hold", path))
        {
            Assert.Equal("refused", await second.ReadLineAsync());
        }

        using (var here = new JsonLinesAuditSink(path))
        {
            IOException refused = await Assert.ThrowsAsync<IOException>(async () => await here.WriteAsync(new Batches().Of("a"), default));
            Assert.Contains("One process at a time may write it", refused.Message, StringComparison.Ordinal);
        }

        first.Kill();
        await first.ReadToEndAsync();
        using var third = new WriterProcess("hold", path);
        Assert.Equal("held", await third.ReadLineAsync());
    }

    [Fact]
    public async Task Two_processes_that_start_at_once_end_up_with_one_key()
    {
        for (int round = 0; round < 3; round++)
        {
            string keys = _folder.Combine($"keys{round}");
            using var one = new WriterProcess("key", keys);
            using var two = new WriterProcess("key", keys);
            string?[] tokens = await Task.WhenAll(one.ReadLineAsync(), two.ReadLineAsync());
            var options = new GuardrailOptions { Audit = { KeyDirectory = keys }, Sinks = { new AuditSinkRegistration(new InMemoryAuditSink()) } };
            await using GuardrailPipeline pipeline = GuardrailPipeline.Create(options);
            foreach (string? token in tokens)
            {
                Assert.True((await pipeline.CompleteAsync(token!, ToolResult.None)).MayPass);
            }

            Assert.Equal(["commitment.key"], Directory.GetFiles(keys).Select(Path.GetFileName));
        }
    }

    public void Dispose() => _folder.Dispose();
}
