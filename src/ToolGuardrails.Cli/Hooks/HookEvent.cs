using System.Text.Json;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>One event of Claude Code, as its hook reads it on standard input. Nothing in it says who runs: that is the command line's, and the operating system's.</summary>
internal sealed record HookEvent
{
    public const string PreToolUse = "PreToolUse";
    public const string PostToolUse = "PostToolUse";
    public const string PostToolUseFailure = "PostToolUseFailure";
    public const string PermissionRequest = "PermissionRequest";
    public const string UserPromptSubmit = "UserPromptSubmit";
    public const string Stop = "Stop";

    private HookEvent()
    {
    }

    public required string Name { get; init; }

    /// <summary>A label of Claude Code's. It is bound under the subject, so nobody reaches another user's session with it.</summary>
    public required string Session { get; init; }

    /// <summary>The sub-agent's label; null for the main one.</summary>
    public string? SubAgent { get; private init; }

    public string? Tool { get; private init; }

    public string? ToolUse { get; private init; }

    /// <summary>The tool's input, with its own source text. Undefined where the event has none.</summary>
    public JsonElement Input { get; private init; }

    public JsonElement Response { get; private init; }

    public string? Server { get; private init; }

    /// <summary>Where the server was configured. A project's files can name a server as they like, so this and not the name says whose it is.</summary>
    public string? ServerSource { get; private init; }

    public string? PermissionMode { get; private init; }

    /// <summary>The prompt, or what the agent said last.</summary>
    public string? Text { get; private init; }

    public bool IsInterrupt { get; private init; }

    /// <summary>Whether a hook has kept the agent from stopping before.</summary>
    public bool IsStopAgain { get; private init; }

    /// <summary>Reads an event.</summary>
    /// <param name="utf8">All of standard input.</param>
    /// <exception cref="JsonException">It isn't JSON.</exception>
    /// <exception cref="CommandException">It isn't an event, or lacks what an event of its name has.</exception>
    public static HookEvent Read(ReadOnlyMemory<byte> utf8)
    {
        using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 256 });
        JsonElement root = document.RootElement.Clone();
        if (root.ValueKind != JsonValueKind.Object)
        {
            throw new CommandException("The event isn't a JSON object.");
        }

        // Of a name that stands twice, another reader may take the other value. What is inside of the input, the pipeline looks at.
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        if (root.EnumerateObject().FirstOrDefault(m => !names.Add(m.Name)) is { Value.ValueKind: not JsonValueKind.Undefined } twice)
        {
            throw new CommandException($"The event has {Visible.Quoted(twice.Name)} twice.");
        }

        string name = Required(root, "hook_event_name");
        return name switch
        {
            PreToolUse or PostToolUse or PostToolUseFailure => OfTool(root, name) with { ToolUse = Required(root, "tool_use_id") },
            PermissionRequest => OfTool(root, name),
            UserPromptSubmit => Any(root, name) with { Text = Required(root, "prompt") },
            Stop => Any(root, name) with { Text = TextOf(root, "last_assistant_message"), IsStopAgain = Flag(root, "stop_hook_active") },
            _ => throw new CommandException($"The hook doesn't serve the event {Visible.Quoted(name)}. Remove it from the settings; 'guardrails hook install' writes those that it serves."),
        };
    }

    private static HookEvent OfTool(JsonElement root, string name) => Any(root, name) with
    {
        Tool = Required(root, "tool_name"),
        Input = root.TryGetProperty("tool_input", out JsonElement input) ? input : throw Missing("tool_input"),
        Response = root.TryGetProperty("tool_response", out JsonElement response) ? response : default,
        Server = root.TryGetProperty("mcp_server", out JsonElement server) && server.ValueKind == JsonValueKind.Object ? TextOf(server, "name") : null,
        ServerSource = server.ValueKind == JsonValueKind.Object ? TextOf(server, "source") : null,
        IsInterrupt = Flag(root, "is_interrupt"),
    };

    private static HookEvent Any(JsonElement root, string name) => new()
    {
        Name = name,
        Session = Required(root, "session_id"),
        SubAgent = TextOf(root, "agent_id"),
        PermissionMode = TextOf(root, "permission_mode"),
    };

    private static string Required(JsonElement root, string name) => TextOf(root, name) is { Length: > 0 } text ? text : throw Missing(name);

    private static string? TextOf(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static bool Flag(JsonElement root, string name) => root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.True;

    private static CommandException Missing(string name) => new($"The event has no {Visible.Quoted(name)}, so it can't be judged.");
}
