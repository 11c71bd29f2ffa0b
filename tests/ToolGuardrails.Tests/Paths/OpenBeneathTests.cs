namespace ToolGuardrails.Tests.Paths;

/// <summary>What a tool opens through a boundary is below its folders, whatever happens to links meanwhile.</summary>
public sealed class OpenBeneathTests : IDisposable
{
    private readonly LinkedFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [LinuxFact]
    public void A_file_below_the_folder_is_read_made_replaced_and_appended_to()
    {
        Assert.Equal("inside", Read("sub/file.txt"));
        Write("sub/new.txt", FileMode.CreateNew, "one");
        Write("sub/new.txt", FileMode.Append, "two");
        Assert.Equal("onetwo", Read("sub/new.txt"));
        Write("sub/new.txt", FileMode.Create, "3");
        Assert.Equal("3", Read("sub/new.txt"));
        Assert.Throws<IOException>(() => Write("sub/new.txt", FileMode.CreateNew, "4"));
        Assert.Throws<FileNotFoundException>(() => Read("sub/not-there.txt"));
    }

    [LinuxFact]
    public void A_link_that_stays_inside_is_followed_and_one_that_leads_out_is_refused()
    {
        _folders.Link("again", _folders.At("sub"));
        _folders.Link("out", _folders.Outside);
        Assert.Equal("inside", Read("again/file.txt"));
        Assert.Throws<UnauthorizedAccessException>(() => Read("out/secret.txt"));
        Assert.Throws<UnauthorizedAccessException>(() => Write("out/new.txt", FileMode.Create, "x"));
        Assert.False(File.Exists(Path.Combine(_folders.Outside, "new.txt")));
    }

    // The guard's look and the tool's opening, with a link put in between by somebody else.
    [LinuxFact]
    public void A_folder_that_is_swapped_for_a_link_after_the_check_is_not_followed()
    {
        string path = _folders.At("sub", "secret.txt");
        Assert.True(_folders.Boundary.Contains(path));
        Directory.Move(_folders.At("sub"), _folders.At("moved"));
        _folders.Link("sub", _folders.Outside);
        Assert.Equal("secret", File.ReadAllText(path));
        Assert.Throws<UnauthorizedAccessException>(() => _folders.Boundary.Open(path, FileMode.Open, FileAccess.Read));
    }

    [LinuxFact]
    public void Nothing_from_outside_is_opened_while_links_are_swapped_all_the_time()
    {
        string turn = _folders.At("turn"), kept = _folders.At("kept");
        Directory.CreateDirectory(turn);
        File.WriteAllText(Path.Combine(turn, "secret.txt"), "decoy");
        using var over = new CancellationTokenSource();
        using var begun = new ManualResetEventSlim();
        var swapping = Task.Factory.StartNew(
            () =>
            {
                while (!over.IsCancellationRequested)
                {
                    Directory.Move(turn, kept);
                    File.CreateSymbolicLink(turn, _folders.Outside);
                    File.Delete(turn);
                    Directory.Move(kept, turn);
                    begun.Set();
                }
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default);
        begun.Wait();
        var seen = new HashSet<string>();
        for (int i = 0; i < 10_000; i++)
        {
            try
            {
                seen.Add(Read("turn/secret.txt"));
            }
            catch (Exception e) when (e is UnauthorizedAccessException or FileNotFoundException)
            {
                continue;
            }
        }

        over.Cancel();
        swapping.GetAwaiter().GetResult();
        Assert.Contains("decoy", seen);
        Assert.DoesNotContain("secret", seen);
    }

    [Fact]
    public void Where_the_system_can_not_do_it_in_one_step_it_says_so()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Throws<PlatformNotSupportedException>(() => Read("sub/file.txt"));
        }
    }

    private string Read(string path)
    {
        using FileStream file = _folders.Boundary.Open(_folders.At(path), FileMode.Open, FileAccess.Read);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }

    private void Write(string path, FileMode mode, string text)
    {
        using FileStream file = _folders.Boundary.Open(_folders.At(path), mode, FileAccess.Write);
        file.Write(System.Text.Encoding.UTF8.GetBytes(text));
    }
}
