using System.Diagnostics;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Cli;
using ToolGuardrails.Cli.Hooks;

namespace ToolGuardrails.Tests.Kit;

/// <summary>A policy, a log, a store and keys of a test's own, and the hook over them: in this process, or as the real one.</summary>
internal sealed class HookFolder : IDisposable
{
    private const string Rules = """
        {
          "version": 1, "name": "claude-code",
          "servers": { "notes": {} },
          "tools": {
            "Read": { "access": ["read"], "tier": "low" },
            "Edit": { "access": ["write"], "tier": "low", "reversible": true, "arguments": { "file_path": "string", "new_string": "string" } },
            "Search": { "access": ["read"], "tier": "low" },
            "Bash": { "access": ["execute"], "tier": "medium", "reversible": true },
            "Deploy": { "access": ["execute"], "tier": "high" },
            "notes.add": { "server": "notes", "name": "add", "access": ["write"], "tier": "low", "reversible": true }
          },
          "agents": {
            "claude-code": { "owner": "Ada", "tier": "high",
              "grants": [
                { "id": "read", "tools": "Read" },
                { "id": "search", "tools": "Search", "fields": ["title"] },
                { "id": "edit", "tools": "Edit", "access": ["write"], "where": { "arg.file_path": { "within": "/work/src" } } },
                { "id": "shell", "tools": "Bash", "access": ["execute"] },
                { "id": "note", "tools": "notes.add", "access": ["write"] }
              ],
              "eligible": [ { "id": "deploy", "tools": "Deploy", "access": ["execute"], "for": "00:15:00", "uses": 1 } ] },
            "careful": { "owner": "Ada", "tier": "low", "requirePrompt": true, "grants": [ { "id": "read", "tools": "Read" } ] }
          },
          "tiers": { "high": { "approvers": ["role:sre"] } }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public HookFolder(bool hasStore = false)
    {
        File.WriteAllText(Policy, Rules);
        if (hasStore)
        {
            SqliteGuardrailStore.OpenOrCreate(Store).Dispose();
        }

        Arguments = ["hook", "--policy", Policy, "--audit", Audit, "--keys", _folder.Combine("keys"), .. hasStore ? ["--store", Store] : Array.Empty<string>()];
    }

    public string Policy => _folder.Combine("guardrails.json");

    public string Audit => _folder.Combine("audit");

    public string Store => _folder.Combine("guardrails.db");

    public string[] Arguments { get; }

    public string Path(string name) => _folder.Combine(name);

    public static string Event(string name, string members, string session = "s-1") =>
        $$"""{"session_id":"{{session}}","transcript_path":"/nowhere","cwd":"/work","hook_event_name":"{{name}}"{{(members.Length > 0 ? "," + members : "")}}}""";

    public static string Before(string tool, string input = "{}", string use = "toolu_1", string more = "", string session = "s-1") =>
        Event("PreToolUse", $"\"tool_name\":\"{tool}\",\"tool_input\":{input},\"tool_use_id\":\"{use}\"{more}", session);

    public static string After(string tool, string input = "{}", string use = "toolu_1", string response = "\"done\"", string more = "", string session = "s-1") =>
        Event("PostToolUse", $"\"tool_name\":\"{tool}\",\"tool_input\":{input},\"tool_use_id\":\"{use}\",\"tool_response\":{response}{more}", session);

    /// <summary>The hook in this process, with streams of its own.</summary>
    public async Task<HookRun> RunAsync(string told, params string[] more)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(told));
        using var output = new MemoryStream();
        using var error = new StringWriter { NewLine = "\n" };
        int code = await HookCommand.RunAsync([.. Arguments, .. more], input, output, error, CancellationToken.None);
        return new HookRun(code, output.ToArray(), error.ToString());
    }

    /// <summary>The real process.</summary>
    public Process Start(params string[] more) => Start(Arguments, more);

    // TOOLGUARDRAILS_TEST_PROGRAM names a published program to start in the place of the one that the tests were built with.
    public static Process Start(string[] arguments, params string[] more)
    {
        (string program, string[] first) = Environment.GetEnvironmentVariable("TOOLGUARDRAILS_TEST_PROGRAM") is { Length: > 0 } published
            ? (published, Array.Empty<string>())
            : ("dotnet", ["exec", System.IO.Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.Cli.dll")]);
        return Process.Start(new ProcessStartInfo(program, [.. first, .. arguments, .. more])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
    }

    /// <summary>The log's records of a kind, oldest first. Nobody may be writing it.</summary>
    public List<JsonElement> Records(string kind)
    {
        var found = new List<JsonElement>();
        foreach (string file in Directory.Exists(Audit) ? Directory.GetFiles(System.IO.Path.Combine(Audit, "segments")).Order(StringComparer.Ordinal) : Enumerable.Empty<string>())
        {
            found.AddRange(File.ReadLines(file).Select(static l => JsonElement.Parse(l)).Where(r => r.GetProperty("ev").GetString() == kind));
        }

        return found;
    }

    public int Allowed => Records("decision").Count(static r => r.GetProperty("effect").GetString() == "allow");

    /// <summary>The request that waits for people, once there is one.</summary>
    public async Task<ApprovalRequest> RequestAsync()
    {
        using SqliteGuardrailStore store = SqliteGuardrailStore.Open(Store);
        var inbox = new ApprovalInbox(store, store);
        while (true)
        {
            if (await inbox.ReadAsync() is [var waiting])
            {
                return waiting.Request;
            }

            await Task.Yield();
        }
    }

    public void Dispose() => _folder.Dispose();
}
