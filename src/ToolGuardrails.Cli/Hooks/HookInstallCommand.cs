using System.CommandLine;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Cli.Hooks;

/// <summary><c>guardrails hook install</c>: writes the hook into the settings of Claude Code, and leaves everything else there as it is.</summary>
internal sealed class HookInstallCommand : ExplainedCommand
{
    private readonly Option<string> _settings = new("--settings") { Description = "The settings; the user's own where it isn't given.", HelpName = "FILE", DefaultValueFactory = static _ => InstalledHook.UserSettings };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly HookOptionSet _options = new();
    private readonly Terminal _terminal;

    public HookInstallCommand(Terminal terminal)
        : base("install", "Write the hook into the settings of Claude Code.")
    {
        _terminal = terminal;
        Add(_settings);
        _options.AddTo(this);
        Add(_json);
        SetAction(Run);
    }

    public override string Example => "guardrails hook install --policy /etc/guardrails/guardrails.json --audit /var/lib/guardrails/audit";

    private Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        HookOptions options = _options.Read(parsed);
        string path = Path.GetFullPath(parsed.GetValue(_settings)!);
        _ = PolicyFile.Load(options.Policy, cancellationToken);
        JsonObject settings = SettingsFile.Read(path) ?? [];
        if (settings["hooks"] is not (null or JsonObject))
        {
            throw new CommandException($"The member 'hooks' of the settings '{path}' isn't an object, so they are left as they are.");
        }

        JsonObject hooks = settings["hooks"] as JsonObject ?? [];
        settings["hooks"] ??= hooks;
        var changed = new List<string>();
        foreach (string name in InstalledHook.Events)
        {
            if (Install(hooks, name, path, InstalledHook.Group(["hook", .. HookOptionSet.ToArguments(options)], options.Deadline)))
            {
                changed.Add(name);
            }
        }

        if (changed.Count > 0)
        {
            SettingsFile.Write(path, settings);
        }

        Print(parsed.GetValue(_json), path, changed, options);
        return Task.FromResult(ExitCode.Done);
    }

    // What an earlier install wrote is replaced; others' entries keep their place.
    private static bool Install(JsonObject hooks, string name, string path, JsonObject group)
    {
        if (hooks[name] is not (null or JsonArray))
        {
            throw new CommandException($"The hooks of {name} in the settings '{path}' aren't a list, so they are left as they are.");
        }

        JsonArray before = hooks[name] as JsonArray ?? [];
        var after = new JsonArray();
        foreach (JsonNode? node in before)
        {
            JsonNode? kept = node?.DeepClone();
            if (kept is JsonObject { } one && one["hooks"] is JsonArray handlers && handlers.Any(InstalledHook.IsOurs))
            {
                JsonNode?[] others = [.. handlers.Where(static h => !InstalledHook.IsOurs(h))];
                if (others.Length == 0)
                {
                    continue;
                }

                one["hooks"] = new JsonArray([.. others.Select(static h => h?.DeepClone())]);
            }

            after.Add(kept);
        }

        after.Add((JsonNode)group);
        if (JsonNode.DeepEquals(before, after))
        {
            return false;
        }

        hooks[name] = after;
        return true;
    }

    private void Print(bool asJson, string path, List<string> changed, HookOptions options)
    {
        if (asJson)
        {
            JsonOutput.Write(_terminal.Out, json =>
            {
                json.WriteString("settings", path);
                JsonOutput.WriteTexts(json, "changed", changed);
                json.WriteString("policy", Path.GetFullPath(options.Policy));
                json.WriteString("audit", Path.GetFullPath(options.Audit));
            });
            return;
        }

        _terminal.Write(changed.Count > 0 ? $"INSTALLED in '{path}'." : $"UNCHANGED: '{path}' has the hook already.", Tone.Good);
        foreach (string name in changed)
        {
            _terminal.Write($"  - {name}: guardrails hook {string.Join(' ', HookOptionSet.ToArguments(options).Select(static a => a.StartsWith("--", StringComparison.Ordinal) ? a : Visible.Word(a)))}");
        }

        _terminal.Write("To see whether it is effective: guardrails doctor");
    }
}
