using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Tools whose calls may be of tier High carry a mark by which Claude Code asks its user, whatever its own rules or hooks would permit.</summary>
internal static class HighMark
{
    private const string Key = "anthropic/requiresUserInteraction";

    /// <summary>The tool as the client is shown it. What the server has declared is left as it is, because its digest is pinned.</summary>
    public static Tool On(ToolBinding binding, Tool tool)
    {
        if (binding.HighestTier != RiskTier.High)
        {
            return tool;
        }

        var contract = McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(Tool));
        JsonObject marked = JsonSerializer.SerializeToNode(tool, contract)!.AsObject();
        if (marked["_meta"] is not JsonObject meta)
        {
            marked["_meta"] = meta = [];
        }

        meta[Key] = true;
        return (Tool)marked.Deserialize(contract)!;
    }
}
