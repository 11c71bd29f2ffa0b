namespace ToolGuardrails.Testing.Stores;

/// <summary>What a store must not trim, cut, fold, mistake for SQL or store by halves.</summary>
internal static class OddTexts
{
    public static readonly string[] All =
    [
        " spaces around ", "'; DROP TABLE suspensions; --", "two\nlines\tand\ra return", "a NUL \0 and more behind it", "\u001b[2J", "\u202ereversed", "e\u0301 isn't \u00e9",
        "\ud83d\ude80 \ud835\udd04", "İI ıi ß ſ", "%_*?[]{}\\\"`$", "null", "\ufeffmark", new('x', 1000),
    ];
}
