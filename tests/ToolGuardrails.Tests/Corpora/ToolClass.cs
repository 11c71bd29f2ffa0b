using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>Access and tier of a tool of which only its name and its server's annotations are known.</summary>
/// <remarks>
/// The rule, in this order:
/// 1. A word of the name that stands for an effect counts, whatever the server says of its own tool.
/// 2. Without such a word, <c>destructiveHint</c> counts as delete.
/// 3. Without either, it reads where a word of the name or an annotation says so, and no annotation says that it doesn't.
/// 4. Everything else writes.
/// What only reads is low; everything else is medium, and delete, execute and send are raised to high call by call.
/// </remarks>
internal sealed record ToolClass(IReadOnlyList<string> Access, string Tier)
{
    private static readonly (string Access, string[] Words)[] Effects =
    [
        ("delete", ["delete", "remove", "destroy", "drop", "purge", "erase", "clear", "cancel", "revoke", "uninstall", "terminate", "kill"]),
        ("execute", ["execute", "exec", "run", "eval", "evaluate", "invoke", "shell", "bash", "terminal", "command", "script", "python", "deploy"]),
        ("send", ["send", "reply", "forward", "post", "publish", "share", "invite", "transfer", "pay", "tweet", "notify", "withdraw", "dispatch"]),
        ("write", ["write", "create", "add", "update", "set", "edit", "modify", "move", "insert", "put", "upload", "append", "rename", "upsert", "assign", "book", "place",
            "grant", "enable", "disable", "return", "exchange", "save", "register", "change", "apply", "patch", "push", "copy"]),
    ];

    private static readonly string[] Reads =
        ["get", "list", "search", "read", "find", "fetch", "query", "view", "describe", "show", "check", "lookup", "count", "calculate", "compare", "analyze", "retrieve", "inspect", "status"];

    public bool OnlyReads => Access is ["read"];

    public static ToolClass Of(string name, JsonElement annotations)
    {
        string[] words = Words(name);
        string[] effects = [.. Effects.Where(e => e.Words.Intersect(words).Any()).Select(static e => e.Access)];
        if (effects.Length > 0)
        {
            return new ToolClass(effects, "medium");
        }

        if (Says(annotations, "destructiveHint", true))
        {
            return new ToolClass(["write", "delete"], "medium");
        }

        bool reads = Says(annotations, "readOnlyHint", true) || Says(annotations, "x-noSideEffect", true) || Says(annotations, "x-toolType", "READ") || Reads.Intersect(words).Any();
        bool acts = Says(annotations, "readOnlyHint", false) || Says(annotations, "x-noSideEffect", false) || Says(annotations, "x-toolType", "WRITE");
        return reads && !acts ? new ToolClass(["read"], "low") : new ToolClass(["write"], "medium");
    }

    private static bool Says(JsonElement annotations, string name, bool value) =>
        annotations.ValueKind == JsonValueKind.Object && annotations.TryGetProperty(name, out JsonElement said) && said.ValueKind == (value ? JsonValueKind.True : JsonValueKind.False);

    private static bool Says(JsonElement annotations, string name, string value) =>
        annotations.ValueKind == JsonValueKind.Object && annotations.TryGetProperty(name, out JsonElement said) && said.ValueKind == JsonValueKind.String && said.GetString() == value;

    // send_email, send-email, sendEmail and SMTPSend: a word ends before a capital that follows a small letter or precedes one.
    private static string[] Words(string name)
    {
        var words = new List<string>();
        int start = 0;
        for (int i = 1; i <= name.Length; i++)
        {
            bool ends = i == name.Length || !char.IsAsciiLetterOrDigit(name[i])
                || (char.IsAsciiLetterUpper(name[i]) && (!char.IsAsciiLetterUpper(name[i - 1]) || (i + 1 < name.Length && char.IsAsciiLetterLower(name[i + 1]))));
            if (ends)
            {
                words.Add(name[start..i].ToLowerInvariant());
                start = i < name.Length && !char.IsAsciiLetterOrDigit(name[i]) ? i + 1 : i;
            }
        }

        return [.. words];
    }
}
