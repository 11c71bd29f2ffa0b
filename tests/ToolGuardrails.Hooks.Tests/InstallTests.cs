using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.Hooks;

[Trait("Speed", "slow")]
public sealed class InstallTests : IDisposable
{
    private const string Theirs = """
        {
          "model": "opus",
          "permissions": { "deny": ["Read(./.env)"] },
          "hooks": { "PreToolUse": [ { "matcher": "Bash", "hooks": [ { "type": "command", "command": "./lint.sh" } ] } ], "SessionStart": [] }
        }
        """;

    private readonly HookFolder _desk = new();

    public InstallTests() => File.WriteAllText(Settings, Theirs);

    private string Settings => _desk.Path("settings.json");

    private string Project => Directory.CreateDirectory(_desk.Path("project/.claude")).Parent!.FullName;

    public void Dispose() => _desk.Dispose();

    [Fact]
    public async Task Every_event_gets_the_hook_and_all_else_stays_as_it_is()
    {
        Assert.Contains("INSTALLED", await InstallAsync(), StringComparison.Ordinal);
        JsonNode settings = Read();
        foreach (string name in (string[])["PreToolUse", "PermissionRequest", "PostToolUse", "PostToolUseFailure", "UserPromptSubmit", "Stop"])
        {
            JsonNode group = settings["hooks"]![name]!.AsArray()[^1]!, entry = group["hooks"]![0]!;
            Assert.Equal(("*", "command", "block", 60), (group["matcher"]!.GetValue<string>(), entry["type"]!.GetValue<string>(), entry["onFailure"]!.GetValue<string>(), entry["timeout"]!.GetValue<int>()));
            Assert.Contains(_desk.Policy, entry["args"]!.AsArray().Select(static a => a!.GetValue<string>()));
        }

        JsonNode before = JsonNode.Parse(Theirs)!;
        Assert.True(JsonNode.DeepEquals(before["hooks"]!["PreToolUse"]![0], settings["hooks"]!["PreToolUse"]![0]));
        settings.AsObject().Remove("hooks");
        before.AsObject().Remove("hooks");
        Assert.True(JsonNode.DeepEquals(before, settings));
    }

    [Fact]
    public async Task Installed_twice_it_is_there_once_and_with_other_options_it_is_replaced()
    {
        await InstallAsync();
        byte[] first = File.ReadAllBytes(Settings);
        Assert.Contains("UNCHANGED", await InstallAsync(), StringComparison.Ordinal);
        Assert.Equal(first, File.ReadAllBytes(Settings));
        await InstallAsync("--deadline", "00:09:00");
        Assert.Equal(2, Read()["hooks"]!["PreToolUse"]!.AsArray().Count);
        Assert.Equal(550, Read()["hooks"]!["PreToolUse"]![1]!["hooks"]![0]!["timeout"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_program_that_starts_by_itself_installs_itself()
    {
        string program = Path.Combine(AppContext.BaseDirectory, OperatingSystem.IsWindows() ? "ToolGuardrails.Cli.exe" : "ToolGuardrails.Cli");
        var start = new ProcessStartInfo(program, ["hook", "install", "--settings", Settings, .. _desk.Arguments[1..]]) { RedirectStandardOutput = true };
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        using Process installs = Process.Start(start)!;
        string output = await installs.StandardOutput.ReadToEndAsync();
        await installs.WaitForExitAsync();
        Assert.True(installs.ExitCode == 0, output);
        JsonNode entry = Read()["hooks"]!["PreToolUse"]![1]!["hooks"]![0]!;
        Assert.Equal((program, "hook"), (entry["command"]!.GetValue<string>(), entry["args"]![0]!.GetValue<string>()));
        await InstallAsync();
        Assert.Equal(2, Read()["hooks"]!["PreToolUse"]!.AsArray().Count);
    }

    [Fact]
    public async Task Settings_that_are_not_there_are_made_and_a_link_to_them_stays_one()
    {
        string made = _desk.Path("home/.claude/settings.json");
        Assert.Equal(0, (await RunAsync(["hook", "install", "--settings", made, .. _desk.Arguments[1..]])).Code);
        byte[] content = File.ReadAllBytes(made);
        if (!OperatingSystem.IsWindows())
        {
            File.Delete(Settings);
            File.CreateSymbolicLink(Settings, made);
            File.WriteAllText(made, "{}");
            await InstallAsync();
            Assert.NotNull(new FileInfo(Settings).LinkTarget);
            Assert.Equal(content, File.ReadAllBytes(made));
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("[]")]
    [InlineData("{ \"hooks\": [] }")]
    [InlineData("{ \"hooks\": { \"Stop\": {} } }")]
    [InlineData("{ /* mine */ }")]
    public async Task Settings_that_cannot_be_read_are_left_as_they_are(string content)
    {
        File.WriteAllText(Settings, content);
        (int code, _, string error) = await RunAsync(["hook", "install", "--settings", Settings, .. _desk.Arguments[1..]]);
        Assert.Equal(2, code);
        Assert.Contains("left as they are", error, StringComparison.Ordinal);
        Assert.Equal(content, File.ReadAllText(Settings));
    }

    [Fact]
    public async Task What_is_installed_is_effective_and_says_no_when_it_is_tried()
    {
        await InstallAsync();
        (int code, string output, _) = await DoctorAsync();
        Assert.True(code == 0, output);
        Assert.StartsWith("EFFECTIVE", output, StringComparison.Ordinal);
        Assert.Contains("--bare", output, StringComparison.Ordinal);
        Assert.Contains("can be written by this user", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("disableAllHooks", "disableAllHooks")]
    [InlineData("bare", "--bare")]
    [InlineData("onFailure", "lacks onFailure")]
    [InlineData("timeout", "no timeout above")]
    [InlineData("no-timeout", "no timeout above")]
    [InlineData("matcher", "other tools get by it")]
    [InlineData("async", "waited for")]
    [InlineData("event", "No settings start the hook for Stop")]
    [InlineData("command", "doesn't start")]
    [InlineData("project-only", "only in a file that the agent can write")]
    [InlineData("local-disables", "disableAllHooks")]
    [InlineData("managed-only", "allow their own hooks only")]
    [InlineData("policy", "lies in the project")]
    public async Task What_makes_it_ineffective_is_found(string what, string says)
    {
        await InstallAsync();
        string project = Project, local = Path.Combine(project, ".claude", "settings.local.json");
        JsonNode settings = Read(), group = settings["hooks"]!["PreToolUse"]![1]!, entry = group["hooks"]![0]!;
        switch (what)
        {
            case "disableAllHooks": settings["disableAllHooks"] = true; break;
            case "bare": settings["env"] = new JsonObject { ["CLAUDE_CODE_SIMPLE"] = "1" }; break;
            case "onFailure": entry["onFailure"] = "continue"; break;
            case "timeout": entry["timeout"] = 50; break;
            case "no-timeout": entry.AsObject().Remove("timeout"); break;
            case "matcher": group["matcher"] = "Bash"; break;
            case "async": entry["async"] = true; break;
            case "event": settings["hooks"]!.AsObject().Remove("Stop"); break;
            case "command": entry["args"]![1] = _desk.Path("ToolGuardrails.Cli.dll"); break;
            case "local-disables": File.WriteAllText(local, """{"disableAllHooks":true}"""); break;
            case "managed-only": File.WriteAllText(_desk.Path("managed.json"), """{"allowManagedHooksOnly":true}"""); break;
            case "project-only":
                File.WriteAllText(local, settings.ToJsonString());
                settings = new JsonObject();
                break;
            case "policy": project = Path.GetDirectoryName(_desk.Policy)!; break;
        }

        File.WriteAllText(Settings, settings.ToJsonString());
        (int code, string output, _) = await DoctorAsync(project: project);
        Assert.True(code == 1, output);
        Assert.StartsWith("NOT EFFECTIVE.", output, StringComparison.Ordinal);
        Assert.Contains(says, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2.1.294", 1)]
    [InlineData("1.9.999 (Claude Code)", 1)]
    [InlineData("nonsense", 1)]
    [InlineData("2.1.295", 0)]
    [InlineData("2.1.330 (Claude Code)", 0)]
    public async Task A_version_that_ignores_what_the_settings_say_is_found(string version, int code)
    {
        await InstallAsync();
        (int ended, string output, _) = await DoctorAsync(version);
        Assert.True(ended == code, output);
    }

    [Fact]
    public async Task The_findings_are_there_as_json_too()
    {
        (int code, string output, _) = await RunAsync(["doctor", "--settings", _desk.Path("none.json"), "--managed", _desk.Path("managed.json"), "--project", Project, "--claude-version", "2.1.330", "--json"]);
        Assert.Equal(1, code);
        Assert.False(JsonElement.Parse(output).GetProperty("effective").GetBoolean());
        Assert.Equal(6, JsonElement.Parse(output).GetProperty("findings").EnumerateArray().Count(static f => f.GetProperty("ineffective").GetBoolean()));
    }

    private JsonNode Read() => JsonNode.Parse(File.ReadAllText(Settings))!;

    private async Task<string> InstallAsync(params string[] more)
    {
        (int code, string output, string error) = await RunAsync(["hook", "install", "--settings", Settings, .. _desk.Arguments[1..], .. more]);
        Assert.True(code == 0, error);
        return output;
    }

    private Task<(int Code, string Out, string Error)> DoctorAsync(string version = "2.1.330", string? project = null) =>
        RunAsync(["doctor", "--settings", Settings, "--managed", _desk.Path("managed.json"), "--project", project ?? Project, "--claude-version", version]);

    private static async Task<(int Code, string Out, string Error)> RunAsync(string[] args)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        return (await GuardrailsCommand.InvokeAsync(args, output, error, CancellationToken.None), output.ToString(), error.ToString());
    }
}
