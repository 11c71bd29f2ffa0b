using SQLitePCL;

namespace ToolGuardrails.Sqlite;

/// <summary>What SQLite reports, as a sentence with the way out.</summary>
internal static class StoreErrors
{
    // The lowest byte is the kind; the rest says where in SQLite it happened.
    private const int Kind = 0xFF;

    public static Exception Of(string path, int result, string message) => (result & Kind) switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new IOException($"The store '{path}' is locked, and stayed so for 5 seconds; end whatever else holds a transaction on it open."),
        raw.SQLITE_FULL => new IOException($"The store '{path}' can't be written, because its disk is full; make room."),
        raw.SQLITE_READONLY => new IOException($"The store '{path}' can't be written; give this process's user the right to write the file and its folder."),
        raw.SQLITE_CANTOPEN => new IOException($"The store '{path}' can't be opened; give this process's user the right to read and write the file and its folder, where SQLite keeps two files beside it."),
        raw.SQLITE_NOTADB => NotAStore(path),
        raw.SQLITE_CORRUPT => Damaged(path, $"SQLite says '{message}'"),
        _ => new IOException($"The store '{path}' can't be used: SQLite says '{message}' ({result & Kind})."),
    };

    public static InvalidDataException Damaged(string path, string how) =>
        new($"The store '{path}' is damaged: {how}. Put it aside and restore it from a copy, or begin a new one and suspend again what has to stay suspended.");

    public static InvalidDataException NotAStore(string path) =>
        new($"The file '{path}' isn't a store of ToolGuardrails, and was left as it is; give another path.");
}
