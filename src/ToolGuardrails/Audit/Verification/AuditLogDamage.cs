using System.Globalization;

namespace ToolGuardrails;

/// <summary>One thing that is wrong with a log.</summary>
public sealed class AuditLogDamage
{
    internal AuditLogDamage(AuditLogDamageKind kind, string file, string message, long? record = null, long? line = null, long? offset = null, bool isDerived = false)
    {
        Kind = kind;
        File = file;
        Message = message;
        Record = record;
        Line = line;
        Offset = offset;
        IsDerived = isDerived;
    }

    /// <summary>What kind of damage it is.</summary>
    public AuditLogDamageKind Kind { get; }

    /// <summary>The file, from the log's directory on, with slashes. Empty for a checkpoint or a key that the caller gave.</summary>
    public string File { get; }

    /// <summary>The record's index in the whole log, or null where there is no one record.</summary>
    public long? Record { get; }

    /// <summary>The line in the file, from 1, or null.</summary>
    public long? Line { get; }

    /// <summary>The byte in the file, from 0, or null.</summary>
    public long? Offset { get; }

    /// <summary>What is wrong, where, and the way out, in whole sentences.</summary>
    public string Message { get; }

    /// <summary>Whether only a copy is damaged that can be made again from the records: delete the file, and open the log for writing once.</summary>
    public bool IsDerived { get; }

    /// <summary>Kind, place and message on one line.</summary>
    public override string ToString()
    {
        string file = File.Length == 0 ? string.Empty : " " + VisibleText.Escape(File);
        string line = Line is { } l ? string.Create(CultureInfo.InvariantCulture, $" line {l}") : string.Empty;
        string index = Record is { } r ? string.Create(CultureInfo.InvariantCulture, $" (record {r})") : string.Empty;
        return $"{Kind}{file}{line}{index}: {Message}";
    }
}
