using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol.Tests.Kit;

/// <summary>A tool that does what the test has written down, and says of itself what the test lets it say.</summary>
internal sealed class WrittenTool(Tool tool, Func<RequestContext<CallToolRequestParams>, CancellationToken, ValueTask<CallToolResult>> run) : McpServerTool
{
    public override Tool ProtocolTool { get; } = tool;

    public override IReadOnlyList<object> Metadata => [];

    public override ValueTask<CallToolResult> InvokeAsync(RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default) => run(request, cancellationToken);

    public static Tool Declare(string name, string description = "does what it says", ToolAnnotations? annotations = null) =>
        new() { Name = name, Description = description, InputSchema = JsonElement.Parse("""{"type":"object"}"""), Annotations = annotations };

    public static CallToolResult Text(params string[] texts) => new() { Content = [.. texts.Select(static t => new TextContentBlock { Text = t })] };
}
