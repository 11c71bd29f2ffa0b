using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Cli.Hooks;

/// <summary><c>guardrails doctor</c>: finds what makes the hook of Claude Code ineffective.</summary>
internal sealed class DoctorCommand : ExplainedCommand
{
    private static readonly Version Least = new(2, 1, 295);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Option<string?> _settings = new("--settings") { Description = "The user's settings, where they are elsewhere.", HelpName = "FILE" };
    private readonly Option<string?> _managed = new("--managed") { Description = "The managed settings, where they are elsewhere.", HelpName = "FILE" };
    private readonly Option<string> _project = new("--project") { Description = "The folder in which Claude Code works.", HelpName = "DIR", DefaultValueFactory = static _ => "." };
    private readonly Option<string?> _version = new("--claude-version") { Description = "The version of Claude Code; asked of 'claude --version' where it isn't given.", HelpName = "VERSION" };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public DoctorCommand(Terminal terminal)
        : base("doctor", "Find what makes the hook of Claude Code ineffective.")
    {
        _terminal = terminal;
        foreach (Option option in (Option[])[_settings, _managed, _project, _version, _json])
        {
            Add(option);
        }

        SetAction(RunAsync);
    }

    public override string Example => "guardrails doctor --project .";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "nothing was found that makes it ineffective; notes may still matter"),
        (ExitCode.Refused, "calls get by the hook, or may"),
        (ExitCode.Unusable, "wrong usage, or settings that can't be read"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        string project = Path.GetFullPath(parsed.GetValue(_project)!);
        var check = new SettingsCheck(
        [
            new(parsed.GetValue(_managed) ?? ManagedSettings, IsManaged: true, IsProjects: false),
            new(parsed.GetValue(_settings) ?? InstalledHook.UserSettings, IsManaged: false, IsProjects: false),
            new(Path.Combine(project, ".claude", "settings.json"), IsManaged: false, IsProjects: true),
            new(Path.Combine(project, ".claude", "settings.local.json"), IsManaged: false, IsProjects: true),
        ]);
        var findings = new List<Finding>(check.Run());
        findings.AddRange(await VersionAsync(parsed.GetValue(_version), cancellationToken).ConfigureAwait(false));
        if (Environment.GetEnvironmentVariable("CLAUDE_CODE_SIMPLE") is { Length: > 0 })
        {
            findings.Add(new Finding(true, "environment", "CLAUDE_CODE_SIMPLE is set here, which is what --bare does: in a Claude Code that is started from here, hooks don't run."));
        }

        if (check.Installed is var (handler, arguments))
        {
            findings.AddRange(PlaceCheck.Run(arguments, project, cancellationToken));
            findings.AddRange(await ProbeAsync(handler, cancellationToken).ConfigureAwait(false));
        }

        Print(parsed.GetValue(_json), findings);
        return findings.Any(static f => f.IsIneffective) ? ExitCode.Refused : ExitCode.Done;
    }

    private static string ManagedSettings => OperatingSystem.IsWindows() ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.ProgramFiles), "ClaudeCode", "managed-settings.json")
        : OperatingSystem.IsMacOS() ? "/Library/Application Support/ClaudeCode/managed-settings.json"
        : "/etc/claude-code/managed-settings.json";

    private static async Task<Finding[]> VersionAsync(string? given, CancellationToken cancellationToken)
    {
        string? text = given ?? (await OutputAsync("claude", ["--version"], "", cancellationToken).ConfigureAwait(false))?.Out;
        return !Version.TryParse(text?.Split(' ', '\n')[0], out Version? version) ? [new Finding(true, "claude", $"The version of Claude Code can't be learnt. It has to be at least {Least}: older ones ignore onFailure. Give it with --claude-version.")]
            : version < Least ? [new Finding(true, "claude", $"Claude Code is {version}, and versions before {Least} ignore onFailure: a hook that crashes lets the call run. Update it.")]
            : [];
    }

    // Whatever the settings say, this is what counts: that it starts, and says no to nonsense.
    private static async Task<Finding[]> ProbeAsync(JsonObject handler, CancellationToken cancellationToken)
    {
        string command = InstalledHook.Text(handler, "command")!;
        string[] arguments = [.. ((JsonArray)handler["args"]!).Select(static a => a!.GetValue<string>())];
        return await OutputAsync(command, arguments, "{}", cancellationToken).ConfigureAwait(false) is (2, var said) && said.StartsWith("{\"hookSpecificOutput\":", StringComparison.Ordinal)
            ? []
            : [new Finding(true, command, "The installed hook doesn't start, or doesn't deny an event that isn't one. Start it by hand: its errors are on standard error.")];
    }

    private static async Task<(int Code, string Out)?> OutputAsync(string command, string[] arguments, string input, CancellationToken cancellationToken)
    {
        try
        {
            using Process process = Process.Start(new ProcessStartInfo(command, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
            await process.StandardInput.WriteAsync(input).ConfigureAwait(false);
            process.StandardInput.Close();
            Task<string> error = process.StandardError.ReadToEndAsync(cancellationToken);
            string output = await process.StandardOutput.ReadToEndAsync(cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            await process.WaitForExitAsync(cancellationToken).WaitAsync(Patience, cancellationToken).ConfigureAwait(false);
            await error.ConfigureAwait(false);
            return (process.ExitCode, output);
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or IOException or TimeoutException)
        {
            return null;
        }
    }

    private void Print(bool asJson, List<Finding> findings)
    {
        bool isEffective = !findings.Any(static f => f.IsIneffective);
        if (asJson)
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteBoolean("effective", isEffective);
                json.WriteStartArray("findings");
                foreach (Finding finding in findings)
                {
                    json.WriteStartObject();
                    json.WriteBoolean("ineffective", finding.IsIneffective);
                    json.WriteString("where", finding.Where);
                    json.WriteString("says", finding.Says);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
            return;
        }

        _terminal.Write(isEffective ? "EFFECTIVE, as far as can be seen." : "NOT EFFECTIVE.", isEffective ? Tone.Good : Tone.Bad);
        foreach (Finding finding in findings.OrderByDescending(static f => f.IsIneffective))
        {
            _terminal.Write($"  - {(finding.IsIneffective ? "Problem" : "Note")}, {finding.Where}: {finding.Says}");
        }
    }
}
