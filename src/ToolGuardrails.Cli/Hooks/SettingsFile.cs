using System.Text.Json;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>One file with settings of Claude Code.</summary>
internal static class SettingsFile
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, NewLine = "\n", Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The settings; null where there is no file.</summary>
    /// <exception cref="CommandException">It isn't a JSON object.</exception>
    public static JsonObject? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        try
        {
            return JsonNode.Parse(File.ReadAllBytes(path)) is JsonObject settings ? settings : throw new CommandException($"The settings '{path}' aren't a JSON object, so they are left as they are.");
        }
        catch (Exception e) when (e is JsonException or ArgumentException)
        {
            throw new CommandException($"The settings '{path}' can't be read, so they are left as they are. {e.Message}", e);
        }
    }

    /// <summary>Replaces the file as a whole, with the rights that it has.</summary>
    public static void Write(string path, JsonObject settings)
    {
        string file = (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        UnixFileMode mode = !OperatingSystem.IsWindows() && File.Exists(file) ? File.GetUnixFileMode(file) : UnixFileMode.UserRead | UnixFileMode.UserWrite;
        OutputFile.Replace(file, mode, stream =>
        {
            using (var json = new Utf8JsonWriter(stream, Indented))
            {
                settings.WriteTo(json);
            }

            stream.WriteByte((byte)'\n');
        });
    }

    /// <summary>Every entry of an event, with its group.</summary>
    public static IEnumerable<(JsonObject Group, JsonNode? Handler)> Entries(JsonObject settings, string name) =>
        from node in (settings["hooks"] as JsonObject)?[name] as JsonArray ?? []
        let one = node as JsonObject
        where one is not null
        from handler in one["hooks"] as JsonArray ?? []
        select (one, handler);
}
