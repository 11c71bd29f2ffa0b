using System.Globalization;

namespace ToolGuardrails.Benchmarks.Hooks;

/// <summary>What a hook finds when it is started: a policy of a hundred rules, and logs with few and with many records.</summary>
internal sealed class HookFolder : IDisposable
{
    private const int Tools = 50;
    private readonly string _folder = Directory.CreateTempSubdirectory("toolguardrails-hook-").FullName;
    private readonly string _policy;

    public HookFolder()
    {
        _policy = Path.Combine(_folder, "guardrails.json");
        File.WriteAllText(_policy, Policy());
    }

    /// <summary>The event before call number <paramref name="i"/>, which the policy allows.</summary>
    public static string Event(int i) => string.Create(CultureInfo.InvariantCulture, $$$"""{"session_id":"s","hook_event_name":"PreToolUse","tool_name":"Tool{{{i % Tools}}}","tool_input":{"path":"/work/src/a{{{i}}}.cs","n":{{{i}}}},"tool_use_id":"toolu_{{{i}}}"}""");

    /// <summary>The options of a command over a log.</summary>
    public string[] Arguments(string command, string log) => [command, "--policy", _policy, "--audit", log, "--keys", Path.Combine(_folder, "keys")];

    /// <summary>Writes a log and closes it.</summary>
    /// <returns>Its folder.</returns>
    public async Task<string> LogAsync(int records)
    {
        string folder = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"log-{records}"));
        await using var log = new AuditLog(folder, new AuditLogOptions { KeyDirectory = Path.Combine(_folder, "keys") });
        await using GuardrailPipeline pipeline = GuardrailPipeline.Create(new GuardrailOptions
        {
            Policy = GuardrailPolicy.LoadFile(_policy),
            Audit = { KeyDirectory = Path.Combine(_folder, "keys") },
            Sinks = { new AuditSinkRegistration(log) },
        });
        await using AgentSession session = pipeline.StartSession("claude-code");
        ToolBinding tool = session.Bind("Tool1");
        for (int i = 0; i < records / 2; i++)
        {
            await tool.InvokeSynchronousAsync(ToolArguments.FromUtf8("""{"path":"/work/src/a.cs","n":1}"""u8), static _ => "done");
        }

        return folder;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    // A risk and a grant for each tool.
    private static string Policy()
    {
        IEnumerable<string> tools = Enumerable.Range(0, Tools).Select(static i => $$$"""
            "Tool{{{i}}}": { "access": ["read"], "tier": "low", "arguments": { "path": "string", "n": "integer" }, "risks": [ { "id": "r", "when": { "arg.n": { "over": 1000000 } }, "tier": "medium" } ] }
            """);
        IEnumerable<string> grants = Enumerable.Range(0, Tools).Select(static i => $$$"""{ "id": "g{{{i}}}", "tools": "Tool{{{i}}}", "where": { "arg.path": { "within": "/work" } } }""");
        return $$"""{ "version": 1, "name": "hooks", "tools": { {{string.Join(",", tools)}} }, "agents": { "claude-code": { "owner": "Ada", "tier": "medium", "grants": [ {{string.Join(",", grants)}} ] } } }""";
    }
}
