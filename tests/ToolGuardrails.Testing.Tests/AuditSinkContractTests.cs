namespace ToolGuardrails.Testing.Tests;

public sealed class AuditSinkContractTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _files;

    public static TheoryData<string> Checks => [.. AuditSinkContract.Checks];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task A_good_sink_passes_every_check(string check) => AuditSinkContract.CheckAsync(check, NewFile, ReadFileAsync, Remove);

    [Fact]
    public async Task The_sinks_of_the_library_and_the_kit_pass_all_at_once()
    {
        await AuditSinkContract.VerifyAsync(NewFile, ReadFileAsync, Remove);
        await AuditSinkContract.VerifyAsync(static () => new InMemoryAuditSink(), static s => new([.. s.Records.Select(static r => r.Line)]));
        await AuditSinkContract.VerifyAsync(static () => new CollectingAuditSink(), static s => new([.. s.Records.Select(static r => r.Line)]));
    }

    [Fact]
    public Task The_tamper_evident_log_passes() => AuditSinkContract.VerifyAsync(
        () => new AuditLog(_folder.Combine($"log-{Interlocked.Increment(ref _files)}"), new AuditLogOptions { KeyDirectory = _folder.Combine("keys") }),
        ReadLogAsync,
        static log => log.DisposeAsync());

    [Theory]
    [InlineData("states how safely it keeps records")]
    [InlineData("keeps every line byte for byte and in order")]
    [InlineData("keeps nothing that lies in a batch's memory")]
    [InlineData("takes a batch without records")]
    [InlineData("takes a large batch")]
    [InlineData("takes many batches")]
    [InlineData("takes whatever acknowledgement a batch asks for")]
    [InlineData("lets a failure out")]
    public async Task A_bad_sink_is_caught_by_the_check_that_is_about_it(string check)
    {
        foreach (Func<BadSink> bad in BadSink.For(check))
        {
            GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => AuditSinkContract.CheckAsync(check, bad, static s => new(s.Kept), static s => s.BreakAsync()));
            Assert.StartsWith($"BadSink doesn't keep AuditSinkContract: {check}. ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_check_has_a_bad_sink() => Assert.All(AuditSinkContract.Checks, static c => Assert.NotEmpty(BadSink.For(c)));

    [Fact]
    public async Task A_bad_sink_that_is_told_to_do_nothing_wrong_passes() =>
        await AuditSinkContract.VerifyAsync(static () => new BadSink(), static s => new(s.Kept), static s => s.BreakAsync());

    [Fact]
    public async Task A_failure_shows_where_the_lines_begin_to_differ_and_names_every_check()
    {
        GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() =>
            AuditSinkContract.VerifyAsync(static () => new BadSink { Keeps = static l => l[..^2] }, static s => new(s.Kept)));
        Assert.StartsWith("BadSink breaks 6 of the 8 checks of AuditSinkContract.\n- keeps every line byte for byte and in order: Line 0 of 48 isn't what was given. Given: ...", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_check_of_failures_needs_a_way_to_break_the_sink()
    {
        ArgumentException mistake = await Assert.ThrowsAsync<ArgumentException>(() => AuditSinkContract.CheckAsync("lets a failure out", static () => new BadSink(), static s => new(s.Kept)));
        Assert.Contains("it needs breakIt", mistake.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Lines_are_split_at_line_feeds_only()
    {
        Assert.Empty(AuditSinkContract.SplitLines(default));
        Assert.Equal(["a\r", "", "b"], AuditSinkContract.SplitLines("a\r\n\nb"u8.ToArray()).Select(static l => System.Text.Encoding.UTF8.GetString(l.Span)));
        Assert.Equal(2, AuditSinkContract.SplitLines("a\nb\n"u8.ToArray()).Count);
    }

    public void Dispose() => _folder.Dispose();

    private JsonLinesAuditSink NewFile() => new(_folder.Combine($"{Interlocked.Increment(ref _files)}", "audit.jsonl"));

    private static async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadFileAsync(JsonLinesAuditSink sink) =>
        AuditSinkContract.SplitLines(await File.ReadAllBytesAsync(sink.FilePath));

    // The log puts lines of its own between the records.
    private static async ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>> ReadLogAsync(AuditLog log)
    {
        await log.DisposeAsync();
        IEnumerable<ReadOnlyMemory<byte>> lines = Directory.EnumerateFiles(log.DirectoryPath, "*.jsonl", SearchOption.AllDirectories)
            .Order(StringComparer.Ordinal)
            .SelectMany(static f => AuditSinkContract.SplitLines(File.ReadAllBytes(f)));
        return [.. AuditBatch.FromLines([.. lines], AuditAcknowledgement.Queued).Where(static r => r.Kind != AuditRecordKind.Log).Select(static r => r.Line)];
    }

    // A folder that is a file can't hold a log.
    private static ValueTask Remove(JsonLinesAuditSink sink)
    {
        string folder = Path.GetDirectoryName(sink.FilePath)!;
        sink.Dispose();
        Directory.Delete(folder, recursive: true);
        File.WriteAllText(folder, "");
        return default;
    }
}
