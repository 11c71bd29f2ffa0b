using System.Text;

namespace ToolGuardrails.Cli;

/// <summary>Writes a file that wasn't there; another's content is replaced only on demand, and then as a whole or not at all.</summary>
internal static class OutputFile
{
    public static async Task WriteAsync(string path, string content, bool force, CancellationToken cancellationToken)
    {
        byte[] bytes = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false).GetBytes(content);
        if (!force && Path.Exists(path))
        {
            throw Exists(path, null);
        }

        string written = force ? $"{path}.{Guid.NewGuid():N}.tmp" : path;
        try
        {
            using (var stream = new FileStream(written, new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.Asynchronous }))
            {
                await stream.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            }

            if (force)
            {
                File.Move(written, path, overwrite: true);
            }
        }
        catch (IOException e) when (!force && File.Exists(path) && new FileInfo(path).Length == bytes.Length)
        {
            throw Exists(path, e);
        }
        catch
        {
            File.Delete(written);
            throw;
        }
    }

    /// <summary>Puts a file in another's place, whole or not at all: a process can end at any moment.</summary>
    /// <param name="path">The file.</param>
    /// <param name="mode">Its rights, where the system has such.</param>
    /// <param name="write">Writes its content.</param>
    public static void Replace(string path, UnixFileMode mode, Action<Stream> write)
    {
        string written = path + ".new";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = mode;
        }

        using (var stream = new FileStream(written, options))
        {
            write(stream);
        }

        File.Move(written, path, overwrite: true);
    }

    private static CommandException Exists(string path, Exception? cause) =>
        new($"'{path}' exists already, and nothing was written. Give another name, or --force to replace the file.", cause);
}
