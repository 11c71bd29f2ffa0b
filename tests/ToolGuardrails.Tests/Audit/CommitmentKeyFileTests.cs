using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class CommitmentKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public void A_key_is_made_once_for_its_owner_only_and_is_random()
    {
        string keys = _folder.Combine("a", "keys");
        byte[] made = CommitmentKeyFile.LoadOrCreate(keys);
        Assert.Equal(32, made.Length);
        Assert.Equal(made, CommitmentKeyFile.LoadOrCreate(keys));
        Assert.Equal(made, File.ReadAllBytes(Path.Combine(keys, "commitment.key")));
        Assert.NotEqual(made, CommitmentKeyFile.LoadOrCreate(_folder.Combine("b")));
        Assert.Equal(["commitment.key"], Directory.GetFiles(keys).Select(Path.GetFileName));
    }

    [Fact]
    public void The_key_and_its_folder_can_be_reached_by_their_owner_only()
    {
        string keys = _folder.Combine("keys");
        CommitmentKeyFile.LoadOrCreate(keys);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, Mode(Path.Combine(keys, "commitment.key")));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, Mode(keys));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_can_reach_is_refused_with_the_way_out(UnixFileMode others)
    {
        CommitmentKeyFile.LoadOrCreate(_folder.Path);
        Share(_folder.Combine("commitment.key"), others);
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => CommitmentKeyFile.LoadOrCreate(_folder.Path));
        Assert.Contains("chmod 600", refused.Message, StringComparison.Ordinal);
        Assert.Contains(_folder.Combine("commitment.key"), refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_is_too_short_is_refused()
    {
        CommitmentKeyFile.LoadOrCreate(_folder.Path);
        File.WriteAllBytes(_folder.Combine("commitment.key"), new byte[31]);
        Assert.Contains("31 bytes", Assert.Throws<InvalidOperationException>(() => CommitmentKeyFile.LoadOrCreate(_folder.Path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told_with_the_options_that_help()
    {
        string file = _folder.Combine("file");
        File.WriteAllText(file, "x");
        InvalidOperationException refused = Assert.Throws<InvalidOperationException>(() => CommitmentKeyFile.LoadOrCreate(Path.Combine(file, "keys")));
        Assert.Contains("AuditOptions.KeyDirectory", refused.Message, StringComparison.Ordinal);
        Assert.Contains("AuditOptions.CommitmentKey", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_who_start_at_once_get_one_key()
    {
        string keys = _folder.Combine("race");
        using var start = new ManualResetEventSlim();
        Task<byte[]>[] racers = [.. Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return CommitmentKeyFile.LoadOrCreate(keys);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        start.Set();
        Assert.Single((await Task.WhenAll(racers)).Select(Convert.ToHexString).Distinct());
        Assert.Equal(["commitment.key"], Directory.GetFiles(keys).Select(Path.GetFileName));
    }

    [Fact]
    public async Task A_pipeline_keeps_its_key_where_the_options_say_relative_to_the_content_root()
    {
        await using GovernedHost host = GovernedHost.Start(null, o =>
        {
            o.Audit.CommitmentKey = default;
            o.Audit.KeyDirectory = "keys";
            o.ContentRoot = _folder.Path;
        });
        Assert.True(File.Exists(_folder.Combine("keys", "commitment.key")));
    }

    public void Dispose() => _folder.Dispose();

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private static void Share(string path, UnixFileMode others)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, File.GetUnixFileMode(path) | others);
        }
    }
}
