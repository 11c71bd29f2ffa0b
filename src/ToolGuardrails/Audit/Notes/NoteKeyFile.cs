using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>A log's signing key on disk, as PKCS#8 in PEM: readable by its owner only, and never inside the log that it signs.</summary>
internal static class NoteKeyFile
{
    private const int MostBytes = 16 * 1024;

    /// <summary>Where a key is kept if the host names no folder.</summary>
    public static string DefaultDirectory() => OwnerOnlyFile.DefaultKeyDirectory()
        ?? throw new InvalidOperationException("There is no user data directory for the audit log's signing key; set a key directory.");

    /// <summary>Reads the key of a log that has been signed before. A lost key isn't replaced here: a new one would be a rotation that nothing vouches for.</summary>
    public static ECDsa Load(string path, string logDirectory) =>
        Guarded(path, logDirectory, static p => File.Exists(p)
            ? Read(p)
            : throw new InvalidOperationException($"The audit log's signing key '{p}' is missing. Restore it from a backup; without it, start a new log that names this one's last checkpoint."));

    /// <summary>Reads the key, or makes it where there is none. Of two processes that start at once, both get the same.</summary>
    public static ECDsa LoadOrCreate(string path, string logDirectory) =>
        Guarded(path, logDirectory, static p =>
        {
            if (!File.Exists(p))
            {
                Create(p);
            }

            return Read(p);
        });

    /// <summary>Makes a key and stores it under a name that its id gives.</summary>
    public static ECDsa Create(string folder, Func<uint, string> nameOf, string logDirectory)
    {
        ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string path = Path.Combine(folder, nameOf(EcdsaNoteKey.IdOf(key)));
        Guarded(path, logDirectory, p =>
        {
            Store(key, p);
            return key;
        });
        return key;
    }

    private static ECDsa Guarded(string path, string logDirectory, Func<string, ECDsa> open)
    {
        string full = Path.GetFullPath(path);
        try
        {
            if (NoteKeyPlace.IsInside(full, logDirectory))
            {
                throw new InvalidOperationException($"The signing key '{full}' would lie inside the audit log '{Path.GetFullPath(logDirectory)}', where whoever copies or rewrites the log finds it; name a folder outside.");
            }

            return open(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The audit log's signing key at '{full}' can't be read or made: {e.Message} Name a folder that only this user can reach.", e);
        }
    }

    private static void Create(string path)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        Store(key, path);
    }

    private static void Store(ECDsa key, string path)
    {
        byte[] pem = Encoding.ASCII.GetBytes(key.ExportPkcs8PrivateKeyPem() + "\n");

        // A key that a power cut takes away leaves signatures behind that nobody can go on from.
        OwnerOnlyFile.CreateFirst(path, pem);
        CryptographicOperations.ZeroMemory(pem);
    }

    private static ECDsa Read(string path)
    {
        if (!OwnerOnlyFile.IsOwnersOnly(path))
        {
            throw new InvalidOperationException($"The audit log's signing key at '{path}' can be reached by others than its owner; run chmod 600 on it, and rotate it if somebody may have read it.");
        }

        long length = new FileInfo(path).Length;
        if (length > MostBytes)
        {
            throw new InvalidOperationException($"The file '{path}' has {length} bytes, too many for a signing key; name another file.");
        }

        var key = ECDsa.Create();
        try
        {
            key.ImportFromPem(File.ReadAllText(path));
            if (IsPrivateP256(key))
            {
                return key;
            }
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            key.Dispose();
            throw new InvalidOperationException($"The file '{path}' isn't a whole signing key in PEM: {e.Message} Restore it from a backup.", e);
        }

        key.Dispose();
        throw new InvalidOperationException($"The file '{path}' holds a key that isn't a private ECDSA key on P-256; restore the right one from a backup.");
    }

    private static bool IsPrivateP256(ECDsa key)
    {
        ECParameters parameters = key.ExportParameters(includePrivateParameters: true);
        CryptographicOperations.ZeroMemory(parameters.D);
        return EcdsaNoteKey.IsOnP256(key);
    }
}
