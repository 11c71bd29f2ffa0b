using Microsoft.Data.Sqlite;
using ToolGuardrails;

namespace CustomSink;

/// <summary>Keeps audit records as rows, so that they can be asked with SQL: the exact line, and the members that questions are about. One transaction for each batch, so a batch is kept whole or not at all.</summary>
/// <remarks>A table isn't tamper-evident. Use it beside the audit log, not in its place: <c>.AddAuditLog("audit").AddAuditSink(new TableSink("audit.db"), AuditRequirement.BestEffort)</c>.</remarks>
public sealed class TableSink : IAuditSink, IDisposable
{
    private readonly SqliteConnection _connection;

    public TableSink(string file)
    {
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = file, Pooling = false }.ToString());
        _connection.Open();
        Execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE IF NOT EXISTS records (line BLOB NOT NULL, kind TEXT, call TEXT, agent TEXT, tool TEXT, code TEXT)");
    }

    // A commit with synchronous = FULL is on the disk when it returns.
    public AuditAcknowledgement Highest => AuditAcknowledgement.Durable;

    // Exceptions go out: the pipeline decides what a failed sink means.
    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(batch);
        using SqliteTransaction transaction = _connection.BeginTransaction();
        foreach (AuditRecord record in batch)
        {
            cancellationToken.ThrowIfCancellationRequested();
            using SqliteCommand insert = _connection.CreateCommand();
            insert.CommandText = "INSERT INTO records VALUES ($line, $kind, $call, $agent, $tool, $code)";
            insert.Parameters.AddWithValue("$line", record.Line.ToArray()); // The batch's memory is only lent.
            insert.Parameters.AddWithValue("$kind", record.Kind.ToString());
            insert.Parameters.AddWithValue("$call", (object?)record.CallId ?? DBNull.Value);
            insert.Parameters.AddWithValue("$agent", (object?)record.Agent ?? DBNull.Value);
            insert.Parameters.AddWithValue("$tool", (object?)record.Tool ?? DBNull.Value);
            insert.Parameters.AddWithValue("$code", (object?)record.Code ?? DBNull.Value);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        return default;
    }

    /// <summary>The lines, in the order in which they came.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Read()
    {
        using SqliteCommand select = _connection.CreateCommand();
        select.CommandText = "SELECT line FROM records ORDER BY rowid";
        using SqliteDataReader rows = select.ExecuteReader();
        var lines = new List<ReadOnlyMemory<byte>>();
        while (rows.Read())
        {
            lines.Add((byte[])rows.GetValue(0));
        }

        return lines;
    }

    public void Dispose() => _connection.Dispose();

    private void Execute(string sql)
    {
        using SqliteCommand command = _connection.CreateCommand();
#pragma warning disable CA2100 // a constant of this class
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
