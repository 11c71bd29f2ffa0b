using System.Text.Json;
using Anthropic.Helpers.Beta;
using Anthropic.Models.Beta.Messages;
using ToolGuardrails;
using Tool = Anthropic.Models.Messages.Tool;

namespace AnthropicLoop;

/// <summary>Two tools. The API takes letters, digits, <c>_</c> and <c>-</c> in a tool's name; the policy's ids are the same names.</summary>
internal static class DeskTools
{
    private static readonly Tool Orders = Define("orders_get", "Reads an order.", """{"id":{"type":"integer"}}""", "id");
    private static readonly Tool Refunds = Define("refunds_create", "Refunds a part of an order.", """{"order":{"type":"integer"},"amount":{"type":"number"}}""", "order", "amount");

    public static IReadOnlyList<Tool> Definitions { get; } = [Orders, Refunds];

    /// <summary>The same for the SDK's tool runner.</summary>
    public static IEnumerable<BetaRunnableTool> Runnable => Definitions.Select(static d => new BetaRunnableTool
    {
        Name = d.Name,
        Definition = new BetaTool { Name = d.Name, Description = d.Description, InputSchema = new(d.InputSchema.RawData) },
        Run = async (use, cancellationToken) => await Find(d.Name)(ToolArguments.FromDictionary(use.Input), cancellationToken),
    });

    public static Func<ToolArguments, CancellationToken, ValueTask<string>> Find(string name) => name switch
    {
        "orders_get" => static (arguments, _) => new($"Order {arguments.ToJsonElement().GetProperty("id")}: a lamp, 250.00, postage 4.90."),
        "refunds_create" => static (arguments, _) => new($"Refunded {arguments.ToJsonElement().GetProperty("amount")}."),
        _ => (_, _) => throw new InvalidOperationException($"There is no tool '{name}'; write it, or take it out of the policy."),
    };

    private static Tool Define(string name, string description, string properties, params string[] required) => new()
    {
        Name = name,
        Description = description,
        InputSchema = new() { Properties = JsonElement.Parse(properties).EnumerateObject().ToDictionary(static p => p.Name, static p => p.Value), Required = required },
    };
}
