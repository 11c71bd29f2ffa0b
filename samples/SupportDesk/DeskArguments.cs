using System.Text.Json.Serialization;

namespace SupportDesk;

internal sealed record NewRefund(long Order, string Customer, decimal Amount, string Currency, string? Reason);

internal sealed record NewVoucher(string Customer, decimal Amount, string Currency);

internal sealed record NewMail(string To, string Subject, string Body);

internal sealed record NewPrice(string Sku, decimal Price);

/// <summary>The contracts by which a tool binds the judged arguments to its own types.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(NewRefund))]
[JsonSerializable(typeof(NewVoucher))]
[JsonSerializable(typeof(NewMail))]
[JsonSerializable(typeof(NewPrice))]
internal sealed partial class DeskArguments : JsonSerializerContext;
