using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>What in the settings of Claude Code makes the hook ineffective.</summary>
internal sealed class SettingsCheck(IReadOnlyList<SettingsCheck.Source> sources)
{
    /// <summary>A file with settings: whether only an administrator writes it, and whether it lies in the project, where the agent's own tools write.</summary>
    internal sealed record Source(string Path, bool IsManaged, bool IsProjects);

    private readonly List<Finding> _findings = [];

    /// <summary>The hook's entry for PreToolUse, and what it hands over; null where no trusted file has one.</summary>
    public (JsonObject Handler, string[] Arguments)? Installed { get; private set; }

    public IReadOnlyList<Finding> Run()
    {
        (Source Source, JsonObject Settings)[] read = [.. sources.Select(static s => (s, SettingsFile.Read(s.Path))).Where(static s => s.Item2 is not null).Select(static s => (s.s, s.Item2!))];
        bool isManagedOnly = read.Any(static s => s.Source.IsManaged && Is(s.Settings, "allowManagedHooksOnly"));
        foreach ((Source source, JsonObject settings) in read)
        {
            CheckSwitches(source, settings);
        }

        (Source Source, JsonObject Settings)[] trusted = [.. read.Where(s => !s.Source.IsProjects && (s.Source.IsManaged || !isManagedOnly))];
        foreach (string name in InstalledHook.Events)
        {
            CheckEvent(name, trusted, read);
        }

        if (isManagedOnly && Installed is null && read.Any(static s => !s.Source.IsManaged && Has(s.Settings, HookEvent.PreToolUse)))
        {
            Add(true, "allowManagedHooksOnly", "The managed settings allow their own hooks only, and the hook is in others. Install it into the managed settings.");
        }

        if (!isManagedOnly)
        {
            Add(false, "allowManagedHooksOnly", "Whoever starts Claude Code can start it without hooks (--bare, disableAllHooks, other settings). Only managed settings with allowManagedHooksOnly, and disableBypassPermissionsMode set to \"disable\", change that.");
        }

        return _findings;
    }

    private void CheckSwitches(Source source, JsonObject settings)
    {
        if (Is(settings, "disableAllHooks"))
        {
            Add(true, source.Path, "disableAllHooks is set, so no hook runs. Remove it.");
        }

        // What --bare sets.
        if (settings["env"] is JsonObject variables && variables["CLAUDE_CODE_SIMPLE"] is not null)
        {
            Add(true, source.Path, "CLAUDE_CODE_SIMPLE is set in 'env', which is what --bare does: hooks don't run. Remove it.");
        }

        if (settings["permissions"] is JsonObject permissions && InstalledHook.Text(permissions, "defaultMode") == "bypassPermissions")
        {
            Add(false, source.Path, "permissions.defaultMode is bypassPermissions: nobody but the hook looks at a call.");
        }

        if (source.IsProjects && settings["hooks"] is JsonObject hooks && hooks.Any(static h => h.Key == HookEvent.PreToolUse))
        {
            Add(false, source.Path, "The project has hooks of its own. One that changes a call's input does so after it was judged; the hook notices when the call has run.");
        }
    }

    private void CheckEvent(string name, (Source Source, JsonObject Settings)[] trusted, (Source Source, JsonObject Settings)[] all)
    {
        (Source Source, JsonObject Group, JsonNode? Handler)[] entries = [.. trusted.SelectMany(s => SettingsFile.Entries(s.Settings, name).Where(static e => InstalledHook.IsOurs(e.Handler)).Select(e => (s.Source, e.Group, e.Handler)))];
        if (entries is not [var (source, group, handler), ..])
        {
            string where = all.FirstOrDefault(s => Has(s.Settings, name)).Source?.Path ?? name;
            Add(true, where, where == name
                ? $"No settings start the hook for {name}. Run 'guardrails hook install'."
                : $"The hook for {name} is only in a file that the agent can write, or that doesn't count. Install it into the user's or the managed settings.");
            return;
        }

        var entry = (JsonObject)handler!;
        string[] arguments = InstalledHook.ArgumentsOf(entry)!;
        if (name == HookEvent.PreToolUse)
        {
            Installed = (entry, arguments);
        }

        if (InstalledHook.Text(entry, "onFailure") != "block")
        {
            Add(true, source.Path, $"The hook for {name} lacks onFailure: \"block\", so a crash or a timeout lets the call run. Run 'guardrails hook install'.");
        }

        if (InstalledHook.Text(group, "matcher") is { } matcher && matcher != "*")
        {
            Add(true, source.Path, $"The hook for {name} has the matcher {Visible.Quoted(matcher)}, so other tools get by it. Use \"*\".");
        }

        if (InstalledHook.Text(entry, "type") != "command" || entry["if"] is not null || Is(entry, "async"))
        {
            Add(true, source.Path, $"The hook for {name} isn't an unconditional command that is waited for: look at type, if and async.");
        }

        TimeSpan deadline = HookOptionSet.DeadlineOf(arguments);
        if (entry["timeout"] is not JsonValue timeout || timeout.GetValueKind() != JsonValueKind.Number || timeout.GetValue<double>() <= deadline.TotalSeconds)
        {
            Add(true, source.Path, $"The hook for {name} has no timeout above its own deadline of {deadline}, so Claude Code may give it up before it has answered.");
        }
    }

    private void Add(bool isIneffective, string where, string says) => _findings.Add(new Finding(isIneffective, where, says));

    private static bool Has(JsonObject settings, string name) => SettingsFile.Entries(settings, name).Any(static e => InstalledHook.IsOurs(e.Handler));

    private static bool Is(JsonObject json, string name) => json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.True;
}
