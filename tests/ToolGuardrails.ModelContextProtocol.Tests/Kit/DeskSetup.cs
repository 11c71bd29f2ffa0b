using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Tests.Kit;

/// <summary>What a test has otherwise than the others. The default is a guarded server for the agent <c>desk</c>, a client of the newest revision, and nobody to ask.</summary>
internal sealed class DeskSetup
{
    public string Policy { get; init; } = Desk.Policy;

    public string Revision { get; init; } = Desk.Newest;

    /// <summary>Whether the client is one that says what the test has written down.</summary>
    public bool IsRaw { get; init; }

    /// <summary>What such a client says that it can do.</summary>
    public string Capabilities { get; init; } = """{"elicitation":{}}""";

    public string[]? Tools { get; init; }

    public Func<string, Tool> Declare { get; init; } = static n => WrittenTool.Declare(n);

    public Func<RequestContext<CallToolRequestParams>, CancellationToken, ValueTask<CallToolResult>>? Returns { get; init; }

    public Action<GuardrailOptions>? Options { get; init; }

    public Action<McpServerOptions> Server { get; init; } = static _ => { };

    /// <summary>What is registered before the guardrails, and behind them.</summary>
    public Action<IMcpServerBuilder>? Before { get; init; }

    public Action<IMcpServerBuilder>? After { get; init; }

    public Action<IMcpServerBuilder> Guard { get; init; } = static b => b.WithGuardrails("desk", Desk.Dana, sessionId: "s-1");

    /// <summary>What the client's user answers; null for a client that can't ask.</summary>
    public Func<ElicitRequestParams, ElicitResult>? Asked { get; init; }

    public static ElicitResult Yes(ElicitRequestParams _) => new() { Action = "accept", Content = new Dictionary<string, System.Text.Json.JsonElement> { ["approve"] = System.Text.Json.JsonElement.Parse("true") } };
}
