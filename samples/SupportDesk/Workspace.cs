namespace SupportDesk;

/// <summary>The only folders that the sample writes to: a temporary one, and the one for records where one is named.</summary>
internal sealed class Workspace : IDisposable
{
    private readonly string _root;
    private readonly bool _keeps;

    private Workspace(string root, string? auditFolder)
    {
        _root = root;
        _keeps = auditFolder is null;
        AuditFile = Path.GetFullPath(Path.Combine(auditFolder ?? Path.Combine(root, "audit"), "audit.jsonl"));
        AuditStart = File.Exists(AuditFile) ? new FileInfo(AuditFile).Length : 0;
    }

    public string DatabaseFile => Path.Combine(_root, "database", "desk.db");

    /// <summary>The key of the commitments, outside the folder of the records. A real host keeps it; here it goes with the temporary folder.</summary>
    public string KeyFolder => Path.Combine(_root, "keys");

    public string AuditFile { get; }

    /// <summary>How long the file was before this run.</summary>
    public long AuditStart { get; }

    public static Workspace Create(string? auditFolder)
    {
        string root = Directory.CreateTempSubdirectory("support-desk-").FullName;
        Directory.CreateDirectory(Path.Combine(root, "database"));
        return new Workspace(root, auditFolder);
    }

    public void Dispose() => Directory.Delete(_keeps ? Path.Combine(_root, "database") : _root, recursive: true);
}
