using System.Text;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>Which tool of the policy a name of Claude Code's is.</summary>
internal static class HookTools
{
    private const string Prefix = "mcp__";

    public static bool IsOfServer(string tool) => tool.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>The tool's id. For one that the policy doesn't know, a name that no tool can have.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="told">The event.</param>
    /// <param name="sources">Where a server may be configured for its tools to count as the policy's.</param>
    public static string IdOf(GuardrailPolicy policy, HookEvent told, IReadOnlyCollection<string> sources)
    {
        string tool = told.Tool!;
        if (!IsOfServer(tool))
        {
            return policy.FindTool(server: null, tool) ?? Unknown(tool);
        }

        // Claude Code writes what isn't a plain letter of a server's name as an underscore; the name itself is in the event.
        string prefix = $"{Prefix}{(told.Server is { } name ? Plain(name) : "")}__";
        bool isKnown = told.Server is not null && tool.StartsWith(prefix, StringComparison.Ordinal) && sources.Contains(told.ServerSource, StringComparer.Ordinal);
        return (isKnown ? policy.FindTool(told.Server, tool[prefix.Length..]) : null) ?? Unknown(tool);
    }

    // No id has a colon, so that a policy's own tool can't be reached under the name of a server's.
    private static string Unknown(string tool) => "unknown:" + tool;

    private static string Plain(string name)
    {
        var plain = new StringBuilder(name.Length);
        foreach (char c in name)
        {
            plain.Append(char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '_');
        }

        return plain.ToString();
    }
}
