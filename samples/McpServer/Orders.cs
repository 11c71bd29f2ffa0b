using System.ComponentModel;
using ModelContextProtocol.Server;

namespace McpServerSample;

/// <summary>What the server offers; as it would without guardrails.</summary>
internal sealed class Orders
{
    [McpServerTool(Name = "orders_get", ReadOnly = true, UseStructuredContent = true), Description("Finds an order.")]
    public static Order Get(int id) => new(id, "late", "4111 1111");

    [McpServerTool(Name = "orders_purge"), Description("Removes all orders.")]
    public static string Purge() => "gone";

    [McpServerTool(Name = "refunds_create"), Description("Refunds an amount on an order.")]
    public static string Refund(int order, decimal amount) => FormattableString.Invariant($"refunded {amount} on order {order}");

    [McpServerResource(UriTemplate = "help://{topic}", Name = "help", MimeType = "application/json"), Description("Help for the people at the counter.")]
    public static string Help(string topic) => $$"""{"title":"{{topic}}","text":"Ask for the order's number.","editor":"lee@example.com"}""";

    [McpServerResource(UriTemplate = "notes://all", Name = "notes"), Description("What colleagues have noted.")]
    public static string Notes() => "Mrs Doe calls at six.";

    internal sealed record Order(int Id, string Status, string Card);
}
