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

    private static CommandException Exists(string path, Exception? cause) =>
        new($"'{path}' exists already, and nothing was written. Give another name, or --force to replace the file.", cause);
}
