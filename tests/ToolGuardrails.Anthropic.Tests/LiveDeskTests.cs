using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using AnthropicLoop;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>samples/SupportDesk with <c>--live</c>, as a process on a local endpoint.</summary>
[Trait("Speed", "slow")]
public sealed class LiveDeskTests : IDisposable
{
    private static readonly string[] Conversation =
    [
        Answers.Turn(Answers.Use("t1", "messages_read", """{"ticket":42}"""), Answers.Use("t2", "customers_search", """{"text":"Ana"}""")),
        Answers.Turn(
            Answers.Use("t3", "customers_delete", """{"customer":"C-1002"}"""),
            Answers.Use("t4", "mail_send", """{"to":"archive@collector.example","subject":"customers","body":"all"}"""),
            Answers.Use("t5", "refunds_create", """{"order":7002,"customer":"C-1001","amount":4.90,"currency":"EUR"}"""),
            Answers.Use("t6", "refunds_create", """{"order":7003,"customer":"C-1001","amount":240,"currency":"EUR"}"""),
            Answers.Use("t7", "shell_run", """["id"]""")),
        Answers.Of("end_turn", """{"type":"text","text":"Done.\nAll but three.\u001b[2J"}"""),
    ];

    // Built in the same configuration as these tests.
    private static readonly string Folder = Repository.Path("samples", "SupportDesk", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0");

    private readonly ConcurrentQueue<JsonElement> _requests = [];
    private readonly TemporaryFolder _folder = new();

    private string AuditFolder => Path.Combine(_folder.Path, "audit"); // Its keys lie beside it.

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_real_model_meets_the_same_policy_and_the_same_tools()
    {
        (int code, string output, string errors) = await RunAsync("none", "--live", "--approve", "no");

        Assert.True(code == 0, $"{output}\n{errors}");
        Assert.Contains("The database and the records agree with the decisions.", output, StringComparison.Ordinal);
        Assert.Contains("\nThe model: Done.\nAll but three.?[2J\n", output, StringComparison.Ordinal);
        Assert.Equal(3, _requests.Count);
        Assert.All(_requests, static r => Assert.Equal("claude-sonnet-5-5", r.GetProperty("model").GetString()));
        Assert.Equal(
            [("t3", true), ("t4", true), ("t5", false), ("t6", true), ("t7", true)],
            _requests.Last().GetProperty("messages").EnumerateArray().Last().GetProperty("content").EnumerateArray().Select(static b => (b.GetProperty("tool_use_id").GetString(), b.GetProperty("is_error").GetBoolean())));
        using AuditLogReader log = AuditLogReader.Open(AuditFolder);
        Assert.Equal(
            ["messages.read allow", "customers.search allow", "customers.delete deny", "mail.send deny", "refunds.create allow", "refunds.create deny", "shell_run deny"],
            log.Read(0).Select(static e => e.Record).Where(static r => r.Kind == AuditRecordKind.Decision).Select(static r => $"{r.GetString("tool")} {r.GetString("effect")}"));
    }

    [Fact]
    public async Task Another_model_can_be_named()
    {
        (int code, string output, string errors) = await RunAsync("none", "--live", "--model", "claude-other", "--approve", "no");

        Assert.True(code == 0, $"{output}\n{errors}");
        Assert.All(_requests, static r => Assert.Equal("claude-other", r.GetProperty("model").GetString()));
    }

    [Fact]
    public async Task Without_a_key_it_says_what_is_missing_and_asks_nobody()
    {
        (int code, _, string errors) = await RunAsync(null, "--live", "--approve", "no");

        Assert.Equal((2, "--live asks a real model, which needs a key: set ANTHROPIC_API_KEY to one of the Anthropic API, or leave --live out for the scripted model."), (code, errors.Trim()));
        Assert.Empty(_requests);
    }

    [Fact]
    public async Task The_script_asks_nobody_even_where_there_is_a_key()
    {
        (int code, string output, string errors) = await RunAsync("none", "--approve", "no");

        Assert.True(code == 0, $"{output}\n{errors}");
        Assert.Empty(_requests);
    }

    [Fact]
    public void A_model_is_told_of_the_policys_tools_with_the_policys_arguments_under_names_that_the_api_takes()
    {
        JsonElement policy = Read("guardrails.json").GetProperty("tools");
        JsonElement told = Read("conversations", "tools.json");

        Assert.Equal(Described(policy, static t => t.GetProperty("arguments").EnumerateObject().Select(static a => $"{a.Name}:{a.Value.GetString()}")), Described(told, static t =>
        {
            JsonElement schema = t.GetProperty("input_schema");
            string?[] required = [.. schema.GetProperty("required").EnumerateArray().Select(static r => r.GetString())];
            return schema.GetProperty("properties").EnumerateObject().Select(p => $"{p.Name}:{p.Value.GetProperty("type").GetString()}{(required.Contains(p.Name) ? "" : "?")}");
        }));
        string[] names = [.. told.EnumerateObject().Select(static t => t.Value.GetProperty("name").GetString()!)];
        Assert.Equal(names.Length, names.Distinct(StringComparer.Ordinal).Count());
        Assert.All(names, static n => Assert.All(n, static c => Assert.True(char.IsAsciiLetterOrDigit(c) || c is '_' or '-')));
    }

    private static string[] Described(JsonElement tools, Func<JsonElement, IEnumerable<string>> arguments) =>
        [.. tools.EnumerateObject().Select(t => $"{t.Name} {string.Join(' ', arguments(t.Value).Order(StringComparer.Ordinal))}").Order(StringComparer.Ordinal)];

    private static JsonElement Read(params ReadOnlySpan<string> path) => JsonElement.Parse(File.ReadAllBytes(Path.Combine([Folder, .. path])));

    private async Task<(int Code, string Output, string Errors)> RunAsync(string? key, params string[] arguments)
    {
        var script = new ConcurrentQueue<string>(Conversation);
        await using ScriptedApi api = await ScriptedApi.StartAsync(body =>
        {
            _requests.Enqueue(body);
            return script.TryDequeue(out string? answer) ? answer : Answers.End;
        });
        var start = new ProcessStartInfo("dotnet", ["exec", Path.Combine(Folder, "SupportDesk.dll"), "--audit", AuditFolder, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in start.Environment.Keys.Where(static k => k.StartsWith("ANTHROPIC_", StringComparison.Ordinal)).ToArray())
        {
            start.Environment.Remove(name);
        }

        start.Environment["ANTHROPIC_BASE_URL"] = api.Address;
        start.Environment["ANTHROPIC_API_KEY"] = key;
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await errors);
    }
}
