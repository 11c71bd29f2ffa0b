namespace ToolGuardrails.Tests.Kit;

/// <summary>Records as docs/audit-records.md has them, as the members behind the time.</summary>
internal static class Records
{
    private const string Identity = "\"session\":\"s-1\",\"agent\":\"support-agent\",\"subject\":\"https://id.example.com|u-17\",\"tenant\":\"acme\"";

    public static string Prompt(string text) => $"\"ev\":\"prompt\",\"mode\":\"enforce\",{Identity},\"owner\":\"maria.ortiz@example.com\",\"text\":{Text(text)}";

    public static string Output(string text) => $"\"ev\":\"output\",\"mode\":\"enforce\",{Identity},\"owner\":\"maria.ortiz@example.com\",\"text\":{Text(text)}";

    public static string Decision(string call, string more, string tool = "orders.get", string effect = "allow", string code = "allowed", string reason = "The call is within scope.") =>
        $"\"ev\":\"decision\",\"mode\":\"enforce\",{Identity},\"call\":{Text(call)},\"owner\":\"maria.ortiz@example.com\",\"tool\":{Text(tool)},\"access\":[\"read\"],\"tier\":\"low\",\"effect\":\"{effect}\",\"code\":\"{code}\",\"reason\":{Text(reason)},\"rules\":[\"grant:support-agent/read-orders\"]{more}";

    public static string Approval(string call, string request, string status, string more = "") =>
        $"\"ev\":\"approval\",\"mode\":\"enforce\",{Identity},\"call\":\"{call}\",\"tool\":\"stock.adjust\",\"tier\":\"high\",\"request\":\"{request}\",\"digest\":\"7d01\",\"gate\":\"per_call\",\"why\":[\"changes production\"],\"status\":\"{status}\"{more}";

    public static string Outcome(string call, string more = "", string session = "s-1") =>
        $"\"ev\":\"outcome\",\"mode\":\"enforce\",\"session\":\"{session}\",\"call\":\"{call}\",\"tool\":\"orders.get\",\"status\":\"succeeded\"{more}";

    /// <summary>A JSON string that escapes no more than it must: a log that somebody made doesn't escape as ours does.</summary>
    public static string Text(string text) =>
        $"\"{string.Concat(text.Select(static c => c < 0x20 || c is '"' or '\\' ? $"\\u{(int)c:x4}" : c.ToString()))}\"";
}
