using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails;

/// <summary>Appends checkpoints to a file elsewhere, such as a share that this machine may add to and not change. Each note is followed by an empty line.</summary>
public sealed class FileCheckpointAnchor : ICheckpointAnchor
{
    /// <summary>Creates the anchor.</summary>
    /// <param name="path">The file; missing folders are made. A file inside the log's directory would show nothing.</param>
    public FileCheckpointAnchor(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        FilePath = Path.GetFullPath(path);
    }

    /// <summary>The file's full path.</summary>
    public string FilePath { get; }

    /// <inheritdoc/>
    public async ValueTask AnchorAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Directory.CreateDirectory(Path.GetDirectoryName(FilePath)!);
        byte[] note = Encoding.UTF8.GetBytes(checkpoint.Note + "\n");
        var options = new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, Options = FileOptions.WriteThrough, BufferSize = 0 };
        var file = new FileStream(FilePath, options);
        await using (file.ConfigureAwait(false))
        {
            await file.WriteAsync(note, cancellationToken).ConfigureAwait(false);
        }
    }
}
