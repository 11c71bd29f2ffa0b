using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>This program's entries in the settings of Claude Code: how they are written, and how they are known again.</summary>
internal static class InstalledHook
{
    /// <summary>The events that the hook serves.</summary>
    public static IReadOnlyList<string> Events { get; } = [HookEvent.PreToolUse, HookEvent.PermissionRequest, HookEvent.PostToolUse, HookEvent.PostToolUseFailure, HookEvent.UserPromptSubmit, HookEvent.Stop];

    /// <summary>The user's own settings.</summary>
    public static string UserSettings => Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify), ".claude", "settings.json");

    /// <summary>A group with one entry, in the form that starts a program without a shell.</summary>
    public static JsonObject Group(IReadOnlyList<string> arguments, TimeSpan deadline)
    {
        (string command, string[] first) = Program();
        var handler = new JsonObject
        {
            ["type"] = "command",
            ["command"] = command,
            ["args"] = new JsonArray([.. first.Concat(arguments).Select(static a => (JsonNode)JsonValue.Create(a)!)]),
            ["timeout"] = (int)Math.Ceiling(deadline.TotalSeconds) + 10,
            ["onFailure"] = "block",
        };
        return new JsonObject { ["matcher"] = "*", ["hooks"] = new JsonArray(handler) };
    }

    /// <summary>Whether an entry starts this program as a hook.</summary>
    public static bool IsOurs(JsonNode? handler) => ArgumentsOf(handler) is not null;

    /// <summary>What an entry hands to <c>guardrails hook</c>; null where it is another's.</summary>
    public static string[]? ArgumentsOf(JsonNode? handler)
    {
        if (handler is not JsonObject entry || Text(entry, "command") is not { } command || entry["args"] is not JsonArray list || list.Any(static a => a?.GetValueKind() != JsonValueKind.String))
        {
            return null;
        }

        string[] args = [.. list.Select(static a => a!.GetValue<string>())];
        return IsThisProgram(command) && args is ["hook", .. var own] ? own
            : args is ["exec", var library, "hook", .. var hosted] && Path.GetFileName(library) == Library ? hosted
            : null;
    }

    public static string? Text(JsonObject json, string name) => json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    private const string Library = "ToolGuardrails.Cli.dll";

    private static (string Command, string[] First) Program() => Environment.ProcessPath is { } path && IsThisProgram(path)
        ? (path, [])
        : ("dotnet", ["exec", Path.Combine(AppContext.BaseDirectory, Library)]);

    // As a tool it has the first name, published it has the second, in which the part after the dot isn't an extension.
    private static bool IsThisProgram(string path) => Path.GetFileName(path) is "guardrails" or "guardrails.exe" or "ToolGuardrails.Cli" or "ToolGuardrails.Cli.exe";
}
