using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ToolGuardrails.Sqlite;

/// <summary>One connection to a store, used by one thread at a time. Nothing waits longer than <see cref="MostWaiting"/> for another thread, and as long again for another process.</summary>
internal sealed class StoreConnection : IDisposable
{
    private static readonly TimeSpan MostWaiting = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly List<Statement> _statements = [];
    private readonly SqliteConnection _connection;
    private readonly string _path;
    private readonly StoreFile? _file;
    private Statement? _begin, _commit, _rollback;
    private bool _isClosed;

    /// <param name="path">The full path of a file that exists.</param>
    /// <param name="synchronous">FULL where what was acknowledged has to survive a power cut, NORMAL where it has to survive a crash of the process.</param>
    /// <param name="file">Says whether the file is still in place; null while it is being made.</param>
    public StoreConnection(string path, string synchronous, StoreFile? file)
    {
        _path = path;
        _file = file;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = SqliteOpenMode.ReadWrite, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            Check(raw.sqlite3_busy_timeout(Db, (int)MostWaiting.TotalMilliseconds));
            Execute($"PRAGMA synchronous = {synchronous}; PRAGMA fullfsync = ON");
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw StoreErrors.Of(path, e.SqliteErrorCode, e.Message);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public sqlite3 Db => _connection.Handle!;

    /// <summary>Prepares a statement that lives as long as the connection.</summary>
    public Statement Prepare(string sql)
    {
        Check(raw.sqlite3_prepare_v2(Db, sql, out sqlite3_stmt handle));
        var statement = new Statement(this, handle);
        _statements.Add(statement);
        return statement;
    }

    /// <summary>Runs fixed SQL that has no values.</summary>
    public void Execute(string sql) => Check(raw.sqlite3_exec(Db, sql));

    /// <summary>Makes sure that the file is still the store, and uses the connection alone.</summary>
    public T Use<TState, T>(TState state, Func<TState, T> use)
    {
        if (!_lock.TryEnter(MostWaiting))
        {
            throw StoreErrors.Of(_path, raw.SQLITE_BUSY, "");
        }

        try
        {
            ObjectDisposedException.ThrowIf(_isClosed, typeof(SqliteGuardrailStore));
            _file?.CheckInPlace(Db);
            return use(state);
        }
        finally
        {
            _lock.Exit();
        }
    }

    /// <summary>Reads every row that a statement returns.</summary>
    public List<T> Read<T>(Statement select, Action<Statement> bind, Func<Statement, T> row) => Use((select, bind, row), static r =>
    {
        try
        {
            r.bind(r.select);
            var rows = new List<T>();
            while (r.select.Step())
            {
                rows.Add(r.row(r.select));
            }

            return rows;
        }
        finally
        {
            r.select.Reset();
        }
    });

    /// <summary>Writes in one transaction, into which nobody else writes. It is undone if <paramref name="write"/> throws or returns false.</summary>
    public bool Write<TState>(TState state, Func<TState, bool> write) =>
        Use((Connection: this, State: state, Write: write), static w => w.Connection.Transact(w.State, w.Write));

    public void Check(int result)
    {
        if (result != raw.SQLITE_OK)
        {
            throw Failed(result);
        }
    }

    public Exception Failed(int result) => StoreErrors.Of(_path, result, raw.sqlite3_errmsg(Db).utf8_to_string());

    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _statements.ForEach(static s => s.Dispose());
            _statements.Clear();
            _connection.Dispose();
        }
    }

    private bool Transact<TState>(TState state, Func<TState, bool> write)
    {
        (_begin ??= Prepare("BEGIN IMMEDIATE")).Run();
        try
        {
            bool isDone = write(state);
            (isDone ? _commit ??= Prepare("COMMIT") : _rollback ??= Prepare("ROLLBACK")).Run();
            return isDone;
        }
        catch
        {
            // Some failures have ended the transaction already.
            if (raw.sqlite3_get_autocommit(Db) == 0)
            {
                _ = raw.sqlite3_exec(Db, "ROLLBACK");
            }

            throw;
        }
    }
}
