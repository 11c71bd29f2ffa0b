using static ToolGuardrails.Tests.Audit.Disks.DiskOperation;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>Disks that fail for a while: the log says so to every caller, and goes on when the disk does.</summary>
public sealed class DiskFaultTests
{
    private static readonly LogStep[] Some = [LogStep.Write(AuditAcknowledgement.Written, 2), LogStep.Write(AuditAcknowledgement.Durable, 2), LogStep.Write(AuditAcknowledgement.Written)];

    [Theory]
    [InlineData(nameof(DiskFault.Error))]
    [InlineData(nameof(DiskFault.NoSpace))]
    [InlineData(nameof(DiskFault.ReadOnly))]
    public async Task A_failed_sync_is_loud_and_never_tried_again(string fault)
    {
        using var story = new LogStory(0); // Its failed syncs lose everything.
        int at = -1;
        await story.LiveAsync(
            [.. Some, LogStep.Write(AuditAcknowledgement.Durable), LogStep.Write(AuditAcknowledgement.Durable)],
            s => s.Operation == Sync && IsSegment(s) && story.Ledger.Promises.Count == 5 && Interlocked.CompareExchange(ref at, s.Number, -1) == -1 ? Enum.Parse<DiskFault>(fault) : DiskFault.None);

        (LogStep step, Exception error) = Assert.Single(story.Errors);
        Assert.IsType<IOException>(error);
        Assert.Equal(AuditAcknowledgement.Durable, step.Level);
        DiskStep failed = story.Disk.Steps[at];
        Assert.DoesNotContain(story.Disk.Steps.Skip(at + 1), s => s.Handle == failed.Handle);
        Assert.Contains(story.Disk.Steps.Skip(at + 1), s => s.Operation == Rename && IsSegment(s) && s.Path != failed.Path);

        // The two batches that were only written were behind the same failed sync.
        Assert.Equal(6, story.Ledger.Promises.Count);
        story.CutPower(0);
        await story.LiveAsync(Some);
        Assert.Empty(story.Errors);
        Assert.Empty(story.Problems());
        Assert.Empty(await story.VerifyAsync());
    }

    [Fact]
    public async Task A_full_disk_refuses_every_batch_and_loses_none_that_it_took()
    {
        using var story = new LogStory(3);
        await story.LiveAsync(Some);
        bool part = true;
        await story.LiveAsync(Some, s => s.Operation is Write or Create or CreateDirectory
            ? Interlocked.Exchange(ref part, false) ? DiskFault.NoSpaceAfterEffect : DiskFault.NoSpace
            : DiskFault.None);

        Assert.Equal(Some.Length, story.Errors.Count);
        Assert.All(story.Errors, static e => Assert.IsType<IOException>(e.Error));
        await AssertGoesOnAsync(story);
    }

    [Fact]
    public async Task A_log_that_was_open_when_the_disk_became_full_goes_on_when_there_is_space()
    {
        using var story = new LogStory(4);
        int writes = 0;
        int stillFull = 6;
        await story.LiveAsync([.. Some, .. Some, .. Some, .. Some], s => s.Operation is Write or Create && Interlocked.Increment(ref writes) > 12 && Interlocked.Decrement(ref stillFull) > 0
            ? DiskFault.NoSpaceAfterEffect
            : DiskFault.None);

        Assert.NotEmpty(story.Errors);
        Assert.True(story.Errors.Count < 10, "The log didn't go on within its life.");
        Assert.Empty(story.Problems());
        await AssertGoesOnAsync(story);
    }

    [Fact]
    public async Task A_disk_that_can_only_be_read_refuses_every_batch_and_is_left_as_it_was()
    {
        using var story = new LogStory(5);
        await story.LiveAsync(Some);
        IReadOnlyDictionary<string, byte[]> before = story.Disk.Files();
        await story.LiveAsync(Some, static s => s.Changes ? DiskFault.ReadOnly : DiskFault.None);

        Assert.Equal(Some.Length, story.Errors.Count);
        Assert.All(story.Errors, static e => Assert.IsType<IOException>(e.Error));
        Assert.Equal(before, story.Disk.Files());
        await AssertGoesOnAsync(story);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_directory_that_vanishes_refuses_every_batch_until_it_is_back_and_no_new_log_takes_its_place(bool breaksOpenFiles)
    {
        using var story = new LogStory(6);
        story.Disk.Plan = static _ => DiskFault.None;
        LogLife life = story.NewLife();
        await life.RunAsync(Some);
        Assert.Empty(life.Errors);

        Action putBack = story.Disk.Vanish(LogLife.DirectoryOf(story.Disk), breaksOpenFiles);
        await life.RunAsync(Some);
        Assert.Equal(Some.Length, life.Errors.Count);
        Assert.All(life.Errors, static e => Assert.IsAssignableFrom<IOException>(e.Error));
        Assert.DoesNotContain(story.Disk.Files().Keys, static f => f.EndsWith("log.json", StringComparison.Ordinal));

        putBack();
        life.Errors.Clear();
        await life.RunAsync(Some);
        Assert.Empty(life.Errors.Select(static e => e.Error.Message));
        await life.CloseAsync();
        Assert.Empty(story.Problems());
        await AssertGoesOnAsync(story);
    }

    [Fact]
    public async Task A_stalled_sync_holds_its_acknowledgement_back_and_the_lock_too()
    {
        using var story = new LogStory(7);
        await story.LiveAsync(Some);
        using var stall = new Stall(static s => s.Operation == Sync && IsSegment(s));
        Task life = Task.Run(() => story.LiveAsync(Some, stall.Plan));
        await stall.Reached.WaitAsync(TimeSpan.FromSeconds(30));
        int promised = story.Ledger.Promises.Count;

        using var folder = new TemporaryFolder();
        var other = new LogLife(story.Disk.OtherProcess(), new LogLedger(), story.Time, folder.Path);
        await other.RunAsync(Some[..1]);
        Assert.Contains("being written by another process", Assert.Single(other.Errors).Error.Message, StringComparison.Ordinal);
        Assert.False(life.IsCompleted);
        Assert.Equal(promised, story.Ledger.Promises.Count);

        stall.Release();
        await life.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Empty(story.Errors);
        await AssertGoesOnAsync(story);
    }

    private static bool IsSegment(DiskStep step) => step.Path.EndsWith(".jsonl", StringComparison.Ordinal);

    private static async Task AssertGoesOnAsync(LogStory story)
    {
        story.Restart();
        await story.LiveAsync(Some);
        Assert.Empty(story.Errors.Select(static e => e.Error.Message));
        Assert.Empty(story.Problems());
        story.CutPower(2);
        await story.LiveAsync(Some);
        Assert.Empty(story.Problems());
        Assert.Empty(await story.VerifyAsync());
    }
}
