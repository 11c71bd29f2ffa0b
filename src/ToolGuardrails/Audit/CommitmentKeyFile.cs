using System.Security.Cryptography;

namespace ToolGuardrails.Audit;

/// <summary>The commitments' key on disk: made on first use, readable by its owner only, outside any log.</summary>
internal static class CommitmentKeyFile
{
    private const string FileName = "commitment.key";

    public static byte[] LoadOrCreate(string? directory)
    {
        string path = Path.Combine(Path.GetFullPath(directory ?? DefaultDirectory()), FileName);
        try
        {
            return File.Exists(path) ? Read(path) : Create(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidOperationException($"The commitment key at '{path}' can't be read or made: {e.Message} Set AuditOptions.KeyDirectory to a folder that only this user can reach, or AuditOptions.CommitmentKey to a key of your own.", e);
        }
    }

    private static string DefaultDirectory() => OwnerOnlyFile.DefaultKeyDirectory()
        ?? throw new InvalidOperationException("There is no user data directory for the commitment key; set AuditOptions.KeyDirectory or AuditOptions.CommitmentKey.");

    private static byte[] Create(string path)
    {
        OwnerOnlyFile.CreateFirst(path, RandomNumberGenerator.GetBytes(32));
        return Read(path);
    }

    private static byte[] Read(string path)
    {
        if (!OwnerOnlyFile.IsOwnersOnly(path))
        {
            throw new InvalidOperationException($"The commitment key at '{path}' can be read by others than its owner; run chmod 600 on it, and replace it if somebody may have.");
        }

        byte[] key = File.ReadAllBytes(path);
        return key.Length >= 32 ? key : throw new InvalidOperationException($"The commitment key at '{path}' has {key.Length} bytes instead of 32; restore it from a backup, or remove it to have a new one made.");
    }
}
