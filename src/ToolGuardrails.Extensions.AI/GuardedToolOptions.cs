using Microsoft.Extensions.AI;

namespace ToolGuardrails;

/// <summary>How tools are guarded. The default value is the safe one.</summary>
public class GuardedToolOptions
{
    /// <summary>How a denied call is told to the loop.</summary>
    /// <value><see cref="DenialMode.Text"/>.</value>
    public DenialMode Denials { get; init; }

    /// <summary>Gives the id of the call that is being made, as the model's protocol has it; the decision's record has it then. With the function-invoking client: <c>() => FunctionInvokingChatClient.CurrentContext?.CallContent.CallId</c>.</summary>
    /// <value>Null: the tag <c>gen_ai.tool.call.id</c> of the current activity, where it has one.</value>
    public Func<string?>? CallId { get; init; }

    /// <summary>Gives a function's name as its server has it, where the host shows it to the model under another one. For an MCP client's tools: <c>f => f.GetService&lt;McpClientTool&gt;()?.ProtocolTool.Name ?? f.Name</c>.</summary>
    /// <value>Null: the function's own name.</value>
    public Func<AIFunction, string>? WireName { get; init; }

    /// <summary>Lets tools pass that nobody here can stop, because they run at the provider or aren't invoked by the loop, and is told of each.</summary>
    /// <value>Null: such a tool is refused with an exception.</value>
    public Action<AITool>? LetPass { get; init; }
}
