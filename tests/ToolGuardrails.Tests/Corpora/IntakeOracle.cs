using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>What intake has to refuse, said once more from docs/arguments.md with the framework's document and plain code. It shares nothing with intake.</summary>
internal static class IntakeOracle
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The code of the refusal, or null where the text is a strict object within the limits.</summary>
    public static string? Judge(byte[] utf8, ArgumentLimits limits)
    {
        if (utf8.Length > limits.MaxBytes)
        {
            return DecisionCodes.ArgumentsTooLarge;
        }

        try
        {
            _ = Strict.GetCharCount(utf8);
        }
        catch (DecoderFallbackException)
        {
            return DecisionCodes.ArgumentsInvalidText;
        }

        try
        {
            // A document keeps every member, equal names too, and goes far deeper than any limit here.
            using var document = JsonDocument.Parse(utf8, new JsonDocumentOptions { MaxDepth = 1000 });
            int nodes = 0;
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? Value(document.RootElement, depth: 0, ref nodes, limits)
                : DecisionCodes.ArgumentsNotObject;
        }
        catch (JsonException)
        {
            return DecisionCodes.ArgumentsMalformed;
        }
        catch (InvalidOperationException)
        {
            return DecisionCodes.ArgumentsInvalidText; // A lone surrogate, which a document notices when the text is taken out.
        }
    }

    private static string? Value(JsonElement value, int depth, ref int nodes, ArgumentLimits limits)
    {
        if (value.ValueKind is JsonValueKind.Object or JsonValueKind.Array && depth >= limits.MaxDepth)
        {
            return DecisionCodes.ArgumentsTooDeep;
        }

        if (++nodes > limits.MaxNodes)
        {
            return DecisionCodes.ArgumentsTooMany;
        }

        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                return Members(value, depth, ref nodes, limits);
            case JsonValueKind.Array:
                foreach (JsonElement item in value.EnumerateArray())
                {
                    if (Value(item, depth + 1, ref nodes, limits) is { } refusal)
                    {
                        return refusal;
                    }
                }

                return null;
            case JsonValueKind.String:
                _ = value.GetString();
                return null;
            default:
                return null;
        }
    }

    private static string? Members(JsonElement value, int depth, ref int nodes, ArgumentLimits limits)
    {
        var names = new List<string>();
        foreach (JsonProperty member in value.EnumerateObject())
        {
            string name = member.Name;
            if (names.Exists(n => n.Equals(name, StringComparison.OrdinalIgnoreCase)))
            {
                return DecisionCodes.ArgumentsDuplicateName;
            }

            names.Add(name);
            if (Value(member.Value, depth + 1, ref nodes, limits) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }
}
