using System.Text.Json;
using System.Text.Json.Serialization;

namespace ToolGuardrails;

/// <summary>Source-generated contracts, so that nothing here needs reflection.</summary>
[JsonSerializable(typeof(JsonElement))]
[JsonSerializable(typeof(string))]
internal sealed partial class JsonContract : JsonSerializerContext;
