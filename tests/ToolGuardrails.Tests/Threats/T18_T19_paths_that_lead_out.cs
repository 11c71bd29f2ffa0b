using ToolGuardrails.Tests.Paths;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T18 and T19, on a real file system: what a path's text doesn't tell.</summary>
public sealed class T18_T19_paths_that_lead_out : IDisposable
{
    private readonly LinkedFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Theory]
    [InlineData("sub/file.txt")]
    [InlineData("sub")]
    [InlineData("new.txt")]
    [InlineData("new/folder/file.txt")]
    [InlineData("")]
    [InlineData("SUB/file.txt")]
    public void A_plain_path_below_the_folder_is_inside(string path) => Assert.True(Contains(path));

    [Theory]
    [InlineData("../outside/secret.txt")]
    [InlineData("sub/../../outside/secret.txt")]
    [InlineData("sub/../sub/file.txt")]
    [InlineData("./sub")]
    [InlineData("sub//file.txt")]
    [InlineData("sub/file.txt\0.png")]
    [InlineData("sub/file.txt ")]
    [InlineData("sub/file.")]
    [InlineData("sub/file.txt:stream")]
    public void A_path_that_is_not_plain_is_outside_wherever_it_leads(string path) => Assert.False(Contains(path));

    [Theory]
    [InlineData("sub/file.txt")]
    [InlineData("~/x")]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("/etc/passwd")]
    [InlineData("C:/x")]
    [InlineData("\\\\server\\share")]
    [InlineData("file:///etc/passwd")]
    public void A_path_of_elsewhere_or_a_relative_one_is_outside(string path) => Assert.False(_folders.Boundary.Contains(path));

    [Fact]
    public void A_neighbour_whose_name_begins_alike_is_outside() => Assert.False(_folders.Boundary.Contains(_folders.Inside + "-old"));

    [Fact]
    public void Links_out_of_the_folder_are_outside_with_all_below_them()
    {
        _folders.Link("out", _folders.Outside);
        _folders.Link("secret", Path.Combine(_folders.Outside, "secret.txt"));
        _folders.Link("relative", Path.Combine("..", "outside"));
        _folders.Link("dangling", Path.Combine(_folders.Outside, "not-there"));
        _folders.Link("twice", _folders.At("out"));
        foreach (string path in (string[])["out", "out/secret.txt", "out/new.txt", "secret", "relative/secret.txt", "dangling", "dangling/x", "twice/secret.txt"])
        {
            Assert.False(Contains(path), path);
        }
    }

    [Fact]
    public void Links_that_stay_in_the_folder_are_inside()
    {
        _folders.Link("again", _folders.At("sub"));
        _folders.Link("up", Path.Combine("sub", "..", "sub"));
        Assert.True(Contains("again/file.txt"));
        Assert.True(Contains("up/file.txt"));
    }

    [Fact]
    public void Links_that_turn_in_a_circle_or_go_on_behind_nothing_lead_nowhere()
    {
        _folders.Link("a", _folders.At("b"));
        _folders.Link("b", _folders.At("a"));
        _folders.Link("nothing", Path.Combine("not-there", "..", "..", "outside"));
        Assert.False(Contains("a/x"));
        Assert.False(Contains("nothing"));
    }

    [Fact]
    public void A_folder_that_is_reached_through_a_link_is_the_same_folder()
    {
        Directory.CreateSymbolicLink(Path.Combine(_folders.Outside, "door"), _folders.Inside);
        var through = new FolderBoundary(Path.Combine(_folders.Outside, "door"));
        Assert.True(through.Contains(_folders.At("sub", "file.txt")));
        Assert.True(_folders.Boundary.Contains(Path.Combine(_folders.Outside, "door", "sub", "file.txt")));
        Assert.False(through.Contains(Path.Combine(_folders.Outside, "secret.txt")));
    }

    [Fact]
    public void Nothing_is_kept_of_an_answer()
    {
        Assert.True(Contains("later/x"));
        _folders.Link("later", _folders.Outside);
        Assert.False(Contains("later/x"));
    }

    [Theory]
    [InlineData("relative")]
    [InlineData("/srv/../x")]
    [InlineData("")]
    public void A_folder_that_is_not_a_plain_absolute_path_is_refused(string folder) =>
        Assert.Contains($"'{folder}'", Assert.Throws<ArgumentException>(() => new FolderBoundary(folder)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_boundary_without_a_folder_is_refused() => Assert.Throws<ArgumentException>(() => new FolderBoundary());

    private bool Contains(string path) => _folders.Boundary.Contains($"{_folders.Inside}/{path}");
}
