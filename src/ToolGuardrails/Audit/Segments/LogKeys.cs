using System.Globalization;
using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>Finds the signer whose key a log is signed with: the host's, or a key file that is made on first use.</summary>
internal sealed class LogKeys(LogPaths paths, AuditLogOptions options)
{
    /// <summary>The signer of a new log; null in unsigned mode.</summary>
    public INoteSigner? First(string origin, string logId)
    {
        if (options.IsUnsigned)
        {
            return null;
        }

        return options.Signer ?? Create(origin, logId);
    }

    /// <summary>Makes a key of its own and stores it.</summary>
    public INoteSigner Create(string origin, string logId)
    {
        ECDsa key = NoteKeyFile.Create(Folder(), id => FileName(logId, id), paths.Directory);
        return new EcdsaNoteSigner(origin, key);
    }

    /// <summary>The signer with a key id that a log was signed with before.</summary>
    public INoteSigner Find(string origin, string logId, uint id)
    {
        if (options.Signer is { } signer && signer.KeyId == id)
        {
            return signer;
        }

        if (options.PreviousSigner is { } previous && previous.KeyId == id)
        {
            return previous;
        }

        string path = Path.Combine(Folder(), FileName(logId, id));
        var loaded = new EcdsaNoteSigner(origin, NoteKeyFile.Load(path, paths.Directory));
        return loaded.KeyId == id ? loaded : throw new InvalidOperationException($"The key file '{path}' holds another key ({loaded.KeyId:x8}) than its name says; restore the right one from a backup.");
    }

    private static string FileName(string logId, uint id) => string.Create(CultureInfo.InvariantCulture, $"{logId}-{id:x8}.pem");

    private string Folder() => Path.GetFullPath(options.KeyDirectory ?? NoteKeyFile.DefaultDirectory());
}
