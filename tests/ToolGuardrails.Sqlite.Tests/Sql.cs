using Microsoft.Data.Sqlite;

namespace ToolGuardrails.Tests.Stores;

/// <summary>What somebody else does to a file with a tool of their own.</summary>
internal static class Sql
{
    /// <summary>Runs fixed SQL, and returns the first value of the last result.</summary>
    public static string? Query(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteScalar()?.ToString();
    }

    /// <summary>The first step of how SQLite runs a query.</summary>
    public static string Plan(string path, string sql)
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "EXPLAIN QUERY PLAN " + sql;
        using SqliteDataReader reader = command.ExecuteReader();
        return reader.Read() ? reader.GetString(3) : "";
    }

    /// <summary>Holds a transaction that writes, until it is disposed.</summary>
    public static IDisposable Lock(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = "BEGIN EXCLUSIVE";
        command.ExecuteNonQuery();
        return connection;
    }
}
