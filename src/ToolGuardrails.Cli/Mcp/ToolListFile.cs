using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.Cli.Mcp;

/// <summary>Reads what a server has answered to <c>tools/list</c>: the answer, its result, or the list alone.</summary>
internal static class ToolListFile
{
    public static async Task<IReadOnlyList<Tool>> ReadAsync(string path, CancellationToken cancellationToken)
    {
        string text = path == "-" ? await Console.In.ReadToEndAsync(cancellationToken).ConfigureAwait(false) : await InputFile.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        try
        {
            JsonNode? root = JsonNode.Parse(text, documentOptions: new JsonDocumentOptions { MaxDepth = 256 });
            JsonNode? list = root is JsonObject answer ? (answer["result"] as JsonObject ?? answer)["tools"] : root;
            return list is JsonArray tools ? [.. tools.Select(Tool)] : throw new CommandException($"'{path}' holds no list of tools. Give a server's answer to tools/list.");
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or ArgumentException)
        {
            throw new CommandException($"'{path}' holds no list of tools that can be read: {e.Message}", e);
        }
    }

    // Lists that others have collected often leave out the schema, which the protocol wants: then nothing is known of the arguments.
    private static Tool Tool(JsonNode? node)
    {
        if (node is JsonObject tool && tool["inputSchema"] is null)
        {
            tool["inputSchema"] = new JsonObject { ["type"] = "object", ["additionalProperties"] = true };
        }

        return (Tool?)node.Deserialize(McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))) ?? throw new JsonException("One of the tools is null.");
    }
}
