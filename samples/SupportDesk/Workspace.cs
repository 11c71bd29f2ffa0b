using System.Security.Cryptography;
using ToolGuardrails;

namespace SupportDesk;

/// <summary>The only folders that the sample writes to: a temporary one, and, where a folder for the log is named, that one and one for its keys beside it; the same for the file of the store.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly string _root;
    private readonly bool _keeps;

    private Workspace(string root, string? auditFolder, string? storeFile)
    {
        _root = root;
        _keeps = auditFolder is null;
        AuditFolder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(auditFolder ?? Path.Combine(root, "audit")));
        StoreFile = Path.GetFullPath(storeFile ?? Path.Combine(root, "store", "guardrails.db"));
        AuditStart = CountRecords();
    }

    public string DatabaseFile => Path.Combine(_root, "database", "desk.db");

    /// <summary>The keys that sign the log and its commitments. A real host keeps them where nobody who reaches the log does.</summary>
    public string KeyFolder => AuditFolder + "-keys";

    public string AuditFolder { get; }

    /// <summary>Where approvals and suspensions are kept, for other terminals too.</summary>
    public string StoreFile { get; }

    /// <summary>For a policy other than the sample's own.</summary>
    public string PolicyFolder => Path.Combine(_root, "policy");

    /// <summary>How many records the log had before this run.</summary>
    public long AuditStart { get; }

    public static Workspace Create(string? auditFolder, string? storeFile)
    {
        string root = Directory.CreateTempSubdirectory("support-desk-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "database"));
        Directory.CreateDirectory(Path.Combine(root, "policy"));
        return new Workspace(root, auditFolder, storeFile);
    }

    /// <summary>The public halves of the keys that sign the log, as verifiers take them (docs/audit-format.md).</summary>
    public IEnumerable<string> VerifierKeys(string origin)
    {
        foreach (string file in Directory.GetFiles(KeyFolder, "*.pem"))
        {
            using ECDsa key = ECDsa.Create();
            key.ImportFromPem(File.ReadAllText(file));
            byte[] spki = key.ExportSubjectPublicKeyInfo();
            yield return $"{origin}+{Convert.ToHexStringLower(SHA256.HashData(spki)[..4])}+{Convert.ToBase64String([2, .. spki])}";
        }
    }

    public void Dispose() => Directory.Delete(_keeps ? Path.Combine(_root, "database") : _root, recursive: true);

    private long CountRecords()
    {
        if (!File.Exists(Path.Combine(AuditFolder, "log.json")))
        {
            return 0;
        }

        using AuditLogReader log = AuditLogReader.Open(AuditFolder);
        return log.Count;
    }
}
