using System.Text;
using SQLitePCL;

namespace ToolGuardrails.Sqlite;

/// <summary>A prepared statement, used by whoever has its connection. Values are always parameters.</summary>
/// <remarks>Texts go in and come out as bytes with their length, because a C string would end at the first NUL.</remarks>
internal sealed class Statement(StoreConnection connection, sqlite3_stmt handle) : IDisposable
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public Statement Bind(int at, long value)
    {
        connection.Check(raw.sqlite3_bind_int64(handle, at, value));
        return this;
    }

    public Statement Bind(int at, string? text)
    {
        connection.Check(text is null ? raw.sqlite3_bind_null(handle, at) : raw.sqlite3_bind_text(handle, at, Bytes(text)));
        return this;
    }

    public Statement Bind(int at, ReadOnlyMemory<byte> bytes)
    {
        connection.Check(raw.sqlite3_bind_blob(handle, at, bytes.Span));
        return this;
    }

    /// <summary>Whether there is another row.</summary>
    public bool Step()
    {
        int result = raw.sqlite3_step(handle);
        if (result is raw.SQLITE_ROW)
        {
            return true;
        }

        if (result is not raw.SQLITE_DONE)
        {
            Exception failed = connection.Failed(result);
            Reset();
            throw failed;
        }

        return false;
    }

    /// <summary>Runs a statement that returns no row.</summary>
    public void Run()
    {
        _ = Step();
        Reset();
    }

    /// <summary>Runs a statement that returns a row where it changes something, and none where it doesn't.</summary>
    public bool TryRun()
    {
        bool isDone = Step();
        Reset();
        return isDone;
    }

    /// <summary>Ends the use of it, and the read transaction that it may have begun.</summary>
    public void Reset() => _ = raw.sqlite3_reset(handle);

    public long Integer(int column) => raw.sqlite3_column_int64(handle, column);

    public string? Text(int column) =>
        raw.sqlite3_column_type(handle, column) == raw.SQLITE_NULL ? null : Strict.GetString(raw.sqlite3_column_blob(handle, column));

    public byte[] Blob(int column) => raw.sqlite3_column_blob(handle, column).ToArray();

    public void Dispose() => handle.Dispose();

    private static byte[] Bytes(string text)
    {
        try
        {
            return Strict.GetBytes(text);
        }
        catch (EncoderFallbackException e)
        {
            throw new ArgumentException("A text holds a lone surrogate, which a store on disk can't keep; use well-formed text.", e);
        }
    }
}
