namespace ToolGuardrails.Sqlite;

/// <summary>A number in 'store' that grows with the changes of a table, whoever makes them: triggers count them.</summary>
internal sealed class ChangeCounter
{
    private readonly string _path;
    private readonly StoreConnection _reader;
    private readonly Statement _read;

    public ChangeCounter(string path, StoreConnection reader, string column)
    {
        _path = path;
        _reader = reader;
        _read = reader.Prepare($"SELECT {column} FROM store WHERE one = 1");
    }

    public long Read() => _reader.Use(this, static c =>
    {
        try
        {
            return c._read.Step() ? c._read.Integer(0) : throw StoreErrors.Damaged(c._path, "the row of 'store' is gone");
        }
        finally
        {
            c._read.Reset();
        }
    });
}
