using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Writes a policy's scalars as JSON.</summary>
internal static class PolicyValueJson
{
    public static void Write(Utf8JsonWriter writer, PolicyValue value)
    {
        switch (value)
        {
            case TextValue text: writer.WriteStringValue(text.Utf8.Span); break;
            case NumberValue number: writer.WriteRawValue(number.Token.Span, skipInputValidation: true); break;
            case BooleanValue truth: writer.WriteBooleanValue(truth.Value); break;
            default: throw new InvalidOperationException($"A value of type {value.GetType().Name} has no JSON form.");
        }
    }
}
