using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>What a server says of its tools, shown to the pipeline each time it is seen: a definition that changes quarantines its tool (T14).</summary>
internal sealed class ToolDefinitions(string? server, HintGuard hints, ILogger logger)
{
    // Digests that nobody can pin on purpose; two of them, so that a tool is in quarantine from the first sight on.
    private static readonly string[] Unpinnable = ["sha256:" + new string('0', 64), "sha256:" + new string('f', 64)];

    /// <summary>Shows all that a server says of the tools of one name.</summary>
    /// <param name="session">For whom. Tools out of its scope aren't looked at.</param>
    /// <param name="name">The name.</param>
    /// <param name="tools">The tools, normally one. Of several nobody can say which one a call would reach (T13).</param>
    /// <returns>Whether the session may see the tool.</returns>
    public bool Show(AgentSession session, string name, params IReadOnlyList<Tool> tools)
    {
        ToolBinding binding = session.Bind(server, name);
        if (!binding.IsInScope)
        {
            return false;
        }

        bool free = true;
        foreach (string digest in tools.Count == 1 ? Digests(tools[0]) : Unpinnable)
        {
            free = session.Pipeline.ObserveDefinition(binding.Tool, digest);
        }

        hints.Note(binding.Tool, tools[0].Annotations);
        if (!free)
        {
            Log.InQuarantine(logger, name, tools.Count == 1 ? "its definition isn't the one that is pinned or was first shown" : "the server has more than one tool of that name");
        }

        return free;
    }

    private static string[] Digests(Tool tool)
    {
        try
        {
            return [McpToolDefinition.Digest(tool)];
        }
        catch (Exception e) when (e is ArgumentException or JsonException or InvalidOperationException)
        {
            return Unpinnable;
        }
    }
}
