namespace ToolGuardrails.Cli.Mcp;

/// <summary>What a gateway is started with. None of it comes from the client or the server.</summary>
internal sealed record GatewayOptions
{
    public required string Policy { get; init; }

    public required string Audit { get; init; }

    public string? Store { get; init; }

    public required string Agent { get; init; }

    public string? Keys { get; init; }

    public string? Session { get; init; }

    /// <summary>Whether decisions of tier Low are written before the call goes on too, as those above it are.</summary>
    public bool IsWritten { get; init; }

    /// <summary>The server's id in the policy.</summary>
    public string? Server { get; init; }
}
