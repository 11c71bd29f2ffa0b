using System.Text.Json;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails;

/// <summary>Digests of tools as servers of the Model Context Protocol declare them (T14).</summary>
public static class McpToolDefinition
{
    /// <summary>The digest that a policy pins as <c>definition</c>: over everything that the server says of the tool, so its name, title, description, schemas, annotations, icons and <c>_meta</c>.</summary>
    /// <param name="tool">The tool.</param>
    /// <returns><c>sha256:</c> and 64 hex digits, as <see cref="ToolDefinition.Digest"/> makes them.</returns>
    /// <exception cref="ArgumentException">What the server says has no canonical form, such as a schema that names a member twice.</exception>
    public static string Digest(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return ToolDefinition.Digest(JsonSerializer.SerializeToElement(tool, McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool))));
    }
}
