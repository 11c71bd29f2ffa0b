using System.Buffers;
using System.Text.Json;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>What a hook says to Claude Code: at most one JSON object on standard output, a sentence on standard error, an exit code (docs/claude-code.md, What it answers).</summary>
internal sealed record HookAnswer
{
    // One write of so many bytes to a pipe is one piece on every Unix (POSIX, PIPE_BUF): a process that is killed leaves all of a denial there, or nothing. Half of one would be read as plain text, and let the call through.
    private const int MostJson = 4096;
    private const int MostReason = 1024;

    private HookAnswer(byte[] json, string? reason, int code)
    {
        Json = json;
        Reason = reason;
        Code = code;
    }

    /// <summary>Nothing to say: Claude Code's own rules and prompts decide further.</summary>
    public static HookAnswer Silent { get; } = new([], null, ExitCode.Done);

    public byte[] Json { get; }

    /// <summary>Why not; null for what isn't a denial.</summary>
    public string? Reason { get; }

    public int Code { get; }

    /// <summary>The request that people can still decide; null where there is none.</summary>
    public string? Request { get; init; }

    public static HookAnswer Permit(string name) => new(Object(json =>
    {
        if (name == HookEvent.PermissionRequest)
        {
            json.WriteStartObject("decision");
            json.WriteString("behavior", "allow");
            json.WriteEndObject();
        }
        else
        {
            json.WriteString("permissionDecision", "allow");
        }
    }, name), null, ExitCode.Done);

    /// <summary>Leaves the call to a person at Claude Code's prompt (<c>ask</c>), or to a later run (<c>defer</c>).</summary>
    public static HookAnswer Hand(string decision, string reason) => new(Object(json =>
    {
        json.WriteString("permissionDecision", decision);
        json.WriteString("permissionDecisionReason", reason);
    }, HookEvent.PreToolUse), null, ExitCode.Done);

    /// <summary>Puts what may pass in the place of a tool's result.</summary>
    public static HookAnswer Replace(HookEvent told, JsonElement shown) =>
        new(Object(json => WriteReplacement(json, told.Tool!, shown.WriteTo), told.Name), null, ExitCode.Done);

    /// <summary>Denies, whatever the event is.</summary>
    /// <param name="name">The event's name; null where it couldn't be read. Then the denial is that of a tool call, which is the one that matters.</param>
    /// <param name="reason">Why, for whoever reads it: the model too.</param>
    /// <param name="told">The event, as far as it was read.</param>
    /// <param name="ends">Whether the agent's turn ends as well.</param>
    public static HookAnswer Deny(string? name, string reason, HookEvent? told = null, bool ends = false)
    {
        reason = Visible.Line(reason);
        reason = reason.Length > MostReason ? reason[..MostReason] : reason;
        if (told is { Name: HookEvent.Stop, IsStopAgain: true })
        {
            // Refusing to stop makes an agent go on, so it is refused once.
            return new(Whole(reason, (json, why) => Ending(json, why)), reason, ExitCode.Done);
        }

        return new(Whole(reason, (json, why) =>
        {
            if (ends)
            {
                Ending(json, why);
            }

            WriteDenial(json, name ?? HookEvent.PreToolUse, why, told?.Tool);
        }), reason, ExitCode.Unusable);
    }

    private static void WriteDenial(Utf8JsonWriter json, string name, string reason, string? tool)
    {
        if (name is not (HookEvent.PreToolUse or HookEvent.PermissionRequest))
        {
            json.WriteString("decision", "block");
            json.WriteString("reason", reason);
        }

        if (name == HookEvent.Stop)
        {
            return;
        }

        json.WriteStartObject("hookSpecificOutput");
        json.WriteString("hookEventName", name);
        switch (name)
        {
            case HookEvent.PreToolUse:
                json.WriteString("permissionDecision", "deny");
                json.WriteString("permissionDecisionReason", reason);
                break;
            case HookEvent.PermissionRequest:
                json.WriteStartObject("decision");
                json.WriteString("behavior", "deny");
                json.WriteString("message", reason);
                json.WriteEndObject();
                break;
            case HookEvent.UserPromptSubmit:
                json.WriteBoolean("suppressOriginalPrompt", true);
                break;
            case HookEvent.PostToolUse when tool is not null:
                WriteReplacement(json, tool, to => to.WriteStringValue(reason));
                break;
        }

        json.WriteEndObject();
    }

    private static void WriteReplacement(Utf8JsonWriter json, string tool, Action<Utf8JsonWriter> value)
    {
        json.WritePropertyName(HookTools.IsOfServer(tool) ? "updatedMCPToolOutput" : "updatedToolOutput");
        value(json);
    }

    private static void Ending(Utf8JsonWriter json, string reason)
    {
        json.WriteBoolean("continue", false);
        json.WriteString("stopReason", reason);
    }

    private static byte[] Object(Action<Utf8JsonWriter> members, string name) => Line(json =>
    {
        json.WriteStartObject("hookSpecificOutput");
        json.WriteString("hookEventName", name);
        members(json);
        json.WriteEndObject();
    });

    // What isn't ASCII is escaped, so a short reason can be long as JSON.
    private static byte[] Whole(string reason, Action<Utf8JsonWriter, string> members)
    {
        while (true)
        {
            byte[] line = Line(json => members(json, reason));
            if (line.Length <= MostJson)
            {
                return line;
            }

            reason = reason[..(reason.Length / 2)];
        }
    }

    private static byte[] Line(Action<Utf8JsonWriter> members)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        buffer.Write("\n"u8);
        return buffer.WrittenSpan.ToArray();
    }
}
