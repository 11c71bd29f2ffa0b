using System.Text.Json.Serialization;

namespace ToolGuardrails.Tests.Intake;

/// <summary>What a tool binds its arguments to.</summary>
internal sealed record Order
{
    public string? Text { get; init; }

    public long? Count { get; init; }

    public decimal? Price { get; init; }

    public bool? Flag { get; init; }

    public List<string>? Texts { get; init; }
}

/// <summary>Binds names exactly.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Order))]
internal sealed partial class ExactBinder : JsonSerializerContext;

/// <summary>Binds names in any letter case, as web frameworks do by default.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, PropertyNameCaseInsensitive = true)]
[JsonSerializable(typeof(Order))]
internal sealed partial class LooseBinder : JsonSerializerContext;
