namespace ToolGuardrails.Tests.Paths;

/// <summary>A folder to stay in, one outside, and links between them.</summary>
internal sealed class LinkedFolders : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public LinkedFolders()
    {
        // The temporary folder itself may be reached through a link.
        Inside = Directory.CreateDirectory(Path.Combine(_folder.Path, "inside")).FullName;
        Outside = Directory.CreateDirectory(Path.Combine(_folder.Path, "outside")).FullName;
        Directory.CreateDirectory(At("sub"));
        File.WriteAllText(At("sub", "file.txt"), "inside");
        File.WriteAllText(Path.Combine(Outside, "secret.txt"), "secret");
        Boundary = new FolderBoundary(Inside);
    }

    public string Inside { get; }

    public string Outside { get; }

    public FolderBoundary Boundary { get; }

    public string At(params string[] parts) => Path.Combine([Inside, .. parts]);

    public void Link(string name, string target) => Directory.CreateSymbolicLink(At(name), target);

    public void Dispose() => _folder.Dispose();
}
