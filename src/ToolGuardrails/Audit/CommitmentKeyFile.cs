using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>The commitments' key on disk: made on first use, readable by its owner only, outside any log.</summary>
internal static class CommitmentKeyFile
{
    private const string FileName = "commitment.key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public static byte[] LoadOrCreate(string? directory)
    {
        string folder = Path.GetFullPath(directory ?? DefaultDirectory());
        string path = Path.Combine(folder, FileName);
        try
        {
            return File.Exists(path) ? Read(path) : Create(folder, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The commitment key at '{path}' can't be read or made: {e.Message} Set AuditOptions.KeyDirectory to a folder that only this user can reach, or AuditOptions.CommitmentKey to a key of your own.", e);
        }
    }

    private static string DefaultDirectory()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.DoNotVerify);
        return data.Length > 0
            ? Path.Combine(data, "ToolGuardrails", "keys")
            : throw new InvalidOperationException("There is no user data directory for the commitment key; set AuditOptions.KeyDirectory or AuditOptions.CommitmentKey.");
    }

    private static byte[] Create(string folder, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, OwnerOnly | UnixFileMode.UserExecute);
        }

        // Written apart and moved into place, so that two processes that start at once end up with one whole key.
        string own = path + "." + Guid.NewGuid().ToString("N");
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Options = FileOptions.WriteThrough };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = OwnerOnly;
        }

        using (var stream = new FileStream(own, options))
        {
            stream.Write(RandomNumberGenerator.GetBytes(32));
        }

        FilePlacement.PlaceFirst(own, path);
        return Read(path);
    }

    private static byte[] Read(string path)
    {
        if (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(path) & ~(OwnerOnly | UnixFileMode.UserExecute)) != 0)
        {
            throw new InvalidOperationException($"The commitment key at '{path}' can be read by others than its owner; run chmod 600 on it, and replace it if somebody may have.");
        }

        byte[] key = File.ReadAllBytes(path);
        return key.Length >= 32 ? key : throw new InvalidOperationException($"The commitment key at '{path}' has {key.Length} bytes instead of 32; restore it from a backup, or remove it to have a new one made.");
    }
}
