using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>One operator on one scalar. What is of the wrong kind or can't be compared exactly is unknown.</summary>
internal static class ScalarComparison
{
    /// <summary>Compares a JSON value, given as its source text.</summary>
    public static Truth Evaluate(Comparison comparison, JsonValueKind kind, ReadOnlySpan<byte> raw)
    {
        switch (kind)
        {
            case JsonValueKind.String:
                using (var text = UnescapedText.Of(raw[1..^1]))
                {
                    return EvaluateText(comparison, text.Span);
                }

            case JsonValueKind.Number:
                return EvaluateNumber(comparison, raw);
            case JsonValueKind.True or JsonValueKind.False:
                return EvaluateBoolean(comparison, kind == JsonValueKind.True);
            default:
                return Truth.Unknown;
        }
    }

    public static Truth EvaluateText(Comparison comparison, ReadOnlySpan<byte> text) => comparison.Operator switch
    {
        ComparisonOperator.In => In(comparison.Values, text),
        ComparisonOperator.StartsWith => From(text.StartsWith(Text(comparison.Values[0]))),
        ComparisonOperator.EndsWith => From(text.EndsWith(Text(comparison.Values[0]))),
        ComparisonOperator.Within => PlainPath.Within(text, Text(comparison.Values[0])),
        ComparisonOperator.Host => UrlHost.IsAny(text, comparison.Values),
        ComparisonOperator.Address => MailAddress.IsAtAny(text, comparison.Values),
        _ => Truth.Unknown,
    };

    public static Truth EvaluateNumber(Comparison comparison, ReadOnlySpan<byte> token)
    {
        if (!ExactNumber.TryParse(token, out ExactNumber number))
        {
            return Truth.Unknown;
        }

        return comparison.Operator switch
        {
            ComparisonOperator.In => In(comparison.Values, number),
            ComparisonOperator.Over => From(Compare(number, comparison.Values[0]) > 0),
            ComparisonOperator.Under => From(Compare(number, comparison.Values[0]) < 0),
            ComparisonOperator.Between => From(Compare(number, comparison.Values[0]) >= 0 && Compare(number, comparison.Values[1]) <= 0),
            _ => Truth.Unknown,
        };
    }

    public static Truth EvaluateBoolean(Comparison comparison, bool truth)
    {
        bool comparable = false;
        for (int i = 0; comparison.Operator == ComparisonOperator.In && i < comparison.Values.Count; i++)
        {
            if (comparison.Values[i] is BooleanValue value)
            {
                comparable = true;
                if (value.Value == truth)
                {
                    return Truth.True;
                }
            }
        }

        return comparable ? Truth.False : Truth.Unknown;
    }

    public static ReadOnlySpan<byte> Text(PolicyValue value) => ((TextValue)value).Utf8.Span;

    public static Truth From(bool holds) => holds ? Truth.True : Truth.False;

    private static Truth In(IReadOnlyList<PolicyValue> values, ReadOnlySpan<byte> text)
    {
        bool comparable = false;
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is TextValue value)
            {
                comparable = true;
                if (value.Utf8.Span.SequenceEqual(text))
                {
                    return Truth.True;
                }
            }
        }

        return comparable ? Truth.False : Truth.Unknown;
    }

    private static Truth In(IReadOnlyList<PolicyValue> values, in ExactNumber number)
    {
        bool comparable = false;
        for (int i = 0; i < values.Count; i++)
        {
            if (values[i] is NumberValue)
            {
                comparable = true;
                if (Compare(number, values[i]) == 0)
                {
                    return Truth.True;
                }
            }
        }

        return comparable ? Truth.False : Truth.Unknown;
    }

    // The loader accepts only numbers that can be read exactly.
    private static int Compare(in ExactNumber number, PolicyValue value) =>
        ExactNumber.TryParse(((NumberValue)value).Token.Span, out ExactNumber other)
            ? ExactNumber.Compare(number, other)
            : throw new InvalidOperationException("A policy holds a number that the loader should have refused.");
}
