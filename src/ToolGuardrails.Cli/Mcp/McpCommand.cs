namespace ToolGuardrails.Cli.Mcp;

/// <summary><c>guardrails mcp</c>: servers of the Model Context Protocol.</summary>
internal sealed class McpCommand : ExplainedCommand
{
    public McpCommand(Terminal terminal)
        : base("mcp", "Look at servers of the Model Context Protocol.") => Add(new InventoryCommand(terminal));

    public override string Example => "guardrails mcp inventory --server files -- npx -y @modelcontextprotocol/server-filesystem /srv/files";
}
