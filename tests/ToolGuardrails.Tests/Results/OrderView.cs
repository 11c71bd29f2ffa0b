using System.Text.Json.Serialization;

namespace ToolGuardrails.Tests.Results;

/// <summary>A result type of a host's own, with a property that its contract doesn't write.</summary>
internal sealed record OrderView(int Id, CustomerView? Customer, IReadOnlyList<string>? Notes = null)
{
    [JsonIgnore]
    public string? Internal { get; init; }
}

internal sealed record CustomerView(string? Name, string? Ssn);

internal sealed record StrictOrder
{
    public int Id { get; init; }

    public required string Ssn { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(OrderView))]
[JsonSerializable(typeof(StrictOrder))]
[JsonSerializable(typeof(string))]
internal sealed partial class OrderViewJson : JsonSerializerContext;
