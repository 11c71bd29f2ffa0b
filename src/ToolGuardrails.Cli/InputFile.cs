using System.Text;

namespace ToolGuardrails.Cli;

/// <summary>Reads the small files that a command is given: proofs, checkpoints and keys.</summary>
internal static class InputFile
{
    // A receipt holds a few lines of at most 64 KiB each; what is larger than this is something else.
    private const int MostBytes = 64 * 1024 * 1024;

    public static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        using var stream = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete, Options = FileOptions.Asynchronous });
        using var bytes = new MemoryStream();
        byte[] buffer = new byte[64 * 1024];
        for (int read = 1; read > 0 && bytes.Length <= MostBytes;)
        {
            // A pipe's read doesn't hear of a cancellation, so it is left behind.
            read = await stream.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            bytes.Write(buffer, 0, read);
        }

        if (bytes.Length > MostBytes)
        {
            throw new CommandException($"The file '{path}' has more than {MostBytes} bytes. Give a log's directory, or a file that 'guardrails receipt' or 'guardrails checkpoint' wrote.");
        }

        try
        {
            return new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true).GetString(bytes.GetBuffer(), 0, (int)bytes.Length);
        }
        catch (DecoderFallbackException e)
        {
            throw new CommandException($"The file '{path}' isn't text in UTF-8.", e);
        }
    }

    /// <summary>All checkpoints of a file, at least one.</summary>
    public static async Task<IReadOnlyList<AuditCheckpoint>> ReadCheckpointsAsync(string path, CancellationToken cancellationToken)
    {
        string content = await ReadAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            return AuditCheckpoint.ParseFile(content) is { Count: > 0 } read
                ? read
                : throw new CommandException($"The file '{path}' holds no checkpoint. Give a file with checkpoints kept elsewhere, such as 'guardrails checkpoint --out' writes.");
        }
        catch (FormatException e)
        {
            throw new CommandException($"The file '{path}' can't be read as checkpoints. {e.Message}", e);
        }
    }

    /// <summary>The verifier keys that the values name: each is a key, or a file with one or more keys, one a line.</summary>
    public static async Task<IReadOnlyList<string>> ReadKeysAsync(IEnumerable<string> values, CancellationToken cancellationToken)
    {
        var keys = new List<string>();
        foreach (string value in values)
        {
            if (IsKey(value))
            {
                keys.Add(value);
                continue;
            }

            if (!File.Exists(value))
            {
                throw new CommandException($"'{value}' is neither a verifier key (name+id+base64) nor a file that exists. Give one of them to --key.");
            }

            string[] lines = (await ReadAsync(value, cancellationToken).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            if (lines.FirstOrDefault(static l => !IsKey(l)) is { } other)
            {
                throw new CommandException($"The file '{value}' has a line that isn't a verifier key (name+id+base64): '{other[..Math.Min(other.Length, 100)]}'.");
            }

            keys.AddRange(lines.Length > 0 ? lines : throw new CommandException($"The file '{value}' holds no verifier key. Put one on each line."));
        }

        return keys;
    }

    private static bool IsKey(string text) =>
        text.Split('+', 3) is [{ Length: > 0 }, { Length: 8 } id, { Length: > 0 }] && id.All(char.IsAsciiHexDigitLower);
}
