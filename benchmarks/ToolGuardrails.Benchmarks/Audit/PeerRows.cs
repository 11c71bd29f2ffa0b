using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Benchmarks.Audit;

/// <summary>Two other ways to keep records: a chain of hashes in memory, and a table in SQLite (WAL, synchronous FULL).</summary>
internal static class PeerRows
{
    public static async Task RunAsync(string folder)
    {
        double chain = Chain();
        (double queued, _) = await DurableRows.AcknowledgedAsync(folder, 64, 500);
        Ratio.Print("64 durable callers, against a hash chain in memory", Ratio.PerSecond(queued), Ratio.PerSecond(chain), queued / chain, "");
        foreach (int size in (int[])[1, 64, 1_000])
        {
            int batches = size == 1 ? 500 : 40;
            Ratio.Rate($"durable batches of {size:N0}, against SQLite at the same size", () => Log(folder, size, batches), () => Sqlite(folder, size, batches), size * batches, "");
        }
    }

    private static double Chain()
    {
        const int Count = 50_000;
        byte[] previous = new byte[32];
        byte[] input = new byte[32 + Lines.Body.Length];
        TimeSpan took = Ratio.Measure(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                previous.CopyTo(input, 0);
                Lines.Body.CopyTo(input, 32);
                SHA256.HashData(input, previous);
            }
        });
        return Count / took.TotalSeconds;
    }

    private static TimeSpan Log(string folder, int size, int batches)
    {
        using var log = new AuditLog(Path.Combine(folder, Path.GetRandomFileName()), new AuditLogOptions { KeyDirectory = Path.Combine(folder, "keys") });
        log.TryOpen();
        var stamp = LineStamp.New();
        return Ratio.Measure(() =>
        {
            for (int i = 0; i < batches; i++)
            {
                log.WriteAsync(Lines.Batch(stamp, size, AuditAcknowledgement.Durable), CancellationToken.None).AsTask().GetAwaiter().GetResult();
            }
        });
    }

    private static TimeSpan Sqlite(string folder, int size, int batches)
    {
        string file = Path.Combine(folder, Path.GetRandomFileName() + ".db");
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        Execute(connection, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE audit(id INTEGER PRIMARY KEY, line BLOB)");
        return Ratio.Measure(() =>
        {
            for (int i = 0; i < batches; i++)
            {
                using SqliteTransaction transaction = connection.BeginTransaction();
                using SqliteCommand insert = connection.CreateCommand();
                insert.CommandText = "INSERT INTO audit(line) VALUES ($line)";
                SqliteParameter line = insert.Parameters.Add("$line", SqliteType.Blob);
                for (int j = 0; j < size; j++)
                {
                    line.Value = Lines.Body;
                    insert.ExecuteNonQuery();
                }

                transaction.Commit();
            }
        });
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
