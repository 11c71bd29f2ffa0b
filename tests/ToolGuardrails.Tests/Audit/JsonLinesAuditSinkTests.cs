namespace ToolGuardrails.Tests.Audit;

public sealed class JsonLinesAuditSinkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Batches _batches = new();

    [Fact]
    public void It_claims_to_be_durable_and_no_more()
    {
        using var sink = new JsonLinesAuditSink(_folder.Combine("a.jsonl"));
        Assert.Equal(AuditAcknowledgement.Durable, sink.Highest);
        Assert.Equal(_folder.Combine("a.jsonl"), sink.FilePath);
        Assert.Equal(sink.FilePath, sink.ToString());
    }

    [Fact]
    public async Task It_makes_the_folders_that_are_missing_and_nothing_before_the_first_record()
    {
        string path = _folder.Combine("one", "two", "a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        Assert.False(Directory.Exists(_folder.Combine("one")));
        await sink.WriteAsync(_batches.Of("a", "b"), default);
        Assert.Equal(["a", "b"], AuditLines.Read(path).Whole.Calls());
    }

    [Fact]
    public async Task Its_file_can_be_read_and_written_by_its_owner_only()
    {
        Assert.False(OperatingSystem.IsWindows(), "This checks Unix permissions.");
        string path = _folder.Combine("a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        await sink.WriteAsync(_batches.Of("a"), default);
        foreach (string file in Directory.GetFiles(_folder.Path))
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(file));
        }
    }

    [Fact]
    public async Task A_later_sink_goes_on_behind_what_an_earlier_one_wrote()
    {
        string path = _folder.Combine("a.jsonl");
        for (int i = 0; i < 3; i++)
        {
            using var sink = new JsonLinesAuditSink(path);
            await sink.WriteAsync(_batches.Of($"{i}"), default);
        }

        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        Assert.Equal(["0", "1", "2"], whole.Calls());
        Assert.Empty(torn);
    }

    [Fact]
    public async Task A_second_sink_on_the_same_file_is_refused_in_a_clear_sentence_until_the_first_is_closed()
    {
        string path = _folder.Combine("a.jsonl");
        using var second = new JsonLinesAuditSink(path);
        using (var first = new JsonLinesAuditSink(path))
        {
            await first.WriteAsync(_batches.Of("a"), default);
            IOException refused = await Assert.ThrowsAsync<IOException>(async () => await second.WriteAsync(_batches.Of("b"), default));
            Assert.StartsWith($"The audit file '{path}' can't be opened for writing: ", refused.Message, StringComparison.Ordinal);
            Assert.EndsWith("One process at a time may write it; give each its own file.", refused.Message, StringComparison.Ordinal);
        }

        await second.WriteAsync(_batches.Of("c"), default);
        Assert.Equal(["a", "c"], AuditLines.Read(path).Whole.Calls());
    }

    [Fact]
    public async Task While_it_is_open_others_can_read_it()
    {
        string path = _folder.Combine("a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        await sink.WriteAsync(_batches.Of("a"), default);
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        Assert.True(file.Length > 0);
    }

    [Fact]
    public async Task A_torn_last_line_of_an_earlier_process_stays_and_a_new_line_begins()
    {
        string path = _folder.Combine("a.jsonl");
        using (var sink = new JsonLinesAuditSink(path))
        {
            await sink.WriteAsync(_batches.Of("a", "b"), default);
        }

        using (FileStream file = File.Open(path, FileMode.Open))
        {
            file.SetLength(file.Length - 10);
        }

        byte[] before = await File.ReadAllBytesAsync(path);
        using (var sink = new JsonLinesAuditSink(path))
        {
            await sink.WriteAsync(_batches.Of("c"), default);
        }

        Assert.Equal(before, (await File.ReadAllBytesAsync(path))[..before.Length]);
        (IReadOnlyList<AuditRecord> whole, IReadOnlyList<string> torn) = AuditLines.Read(path);
        Assert.Equal(["a", "c"], whole.Calls());
        Assert.Contains("\"call\":\"b\"", Assert.Single(torn), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_was_removed_is_made_anew()
    {
        string path = _folder.Combine("logs", "a.jsonl");
        using var sink = new JsonLinesAuditSink(path);
        await sink.WriteAsync(_batches.Of("a"), default);
        File.Delete(path);
        await sink.WriteAsync(_batches.Of("b"), default);
        Assert.Equal(["b"], AuditLines.Read(path).Whole.Calls());
        Directory.Delete(_folder.Combine("logs"), recursive: true);
        await sink.WriteAsync(_batches.Of("c"), default);
        Assert.Equal(["c"], AuditLines.Read(path).Whole.Calls());
    }

    [Fact]
    public async Task A_path_that_is_a_folder_is_refused_and_taken_when_the_folder_is_gone()
    {
        string path = _folder.Combine("a.jsonl");
        Directory.CreateDirectory(path);
        using var sink = new JsonLinesAuditSink(path);
        await Assert.ThrowsAnyAsync<SystemException>(async () => await sink.WriteAsync(_batches.Of("a"), default));
        Directory.Delete(path);
        await sink.WriteAsync(_batches.Of("b"), default);
        Assert.Equal(["b"], AuditLines.Read(path).Whole.Calls());
    }

    [Fact]
    public async Task A_closed_sink_takes_nothing_and_may_be_closed_again()
    {
        var sink = new JsonLinesAuditSink(_folder.Combine("a.jsonl"));
        sink.Dispose();
        sink.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await sink.WriteAsync(_batches.Of("a"), default));
    }

    public void Dispose() => _folder.Dispose();

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);
}
