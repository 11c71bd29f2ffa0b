using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>A comparison with an argument.</summary>
/// <param name="declared">Which declared argument.</param>
/// <param name="comparison">The operator and its values.</param>
/// <param name="allElements">For an array: whether all elements have to match, or one is enough.</param>
internal sealed class ArgumentComparison(int declared, Comparison comparison, bool allElements) : CompiledCondition
{
    // The values of the usual condition, which wants one of some texts.
    private readonly byte[][]? _texts = comparison is { Operator: ComparisonOperator.In, Values.Count: > 0 } && comparison.Values.All(static v => v is TextValue)
        ? [.. comparison.Values.Select(static v => ScalarComparison.Text(v).ToArray())]
        : null;

    public override Truth Evaluate(in ConditionInput input)
    {
        bool present = input.TryGet(declared, out ArgumentMember member) && member.Kind != JsonValueKind.Null;
        if (_texts is { } texts && member is { Kind: JsonValueKind.String, ValueEscaped: false })
        {
            return IsAny(input.Arguments.Raw(member)[1..^1], texts);
        }

        if (comparison.Operator == ComparisonOperator.Exists)
        {
            return present == ((BooleanValue)comparison.Values[0]).Value ? Truth.True : Truth.False;
        }

        return !present ? Truth.Unknown
            : member.Kind == JsonValueKind.Array ? Elements(input.Arguments.Raw(member))
            : ScalarComparison.Evaluate(comparison, member.Kind, input.Arguments.Raw(member));
    }

    private static Truth IsAny(ReadOnlySpan<byte> text, byte[][] texts)
    {
        foreach (byte[] other in texts)
        {
            if (text.SequenceEqual(other))
            {
                return Truth.True;
            }
        }

        return Truth.False;
    }

    private Truth Elements(ReadOnlySpan<byte> array)
    {
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = ArgumentLimits.DeepestAllowed + 2 });
        reader.Read();
        Truth result = Truth.Unknown;
        for (bool first = true; reader.Read() && reader.TokenType != JsonTokenType.EndArray; first = false)
        {
            Truth element = Element(array, ref reader);
            bool replaces = first || (allElements ? element < result : element > result);
            result = replaces ? element : result;
        }

        return result;
    }

    private Truth Element(ReadOnlySpan<byte> array, ref Utf8JsonReader reader)
    {
        int start = (int)reader.TokenStartIndex;
        JsonValueKind kind = JsonKind.Of(reader.TokenType);
        reader.Skip();
        return ScalarComparison.Evaluate(comparison, kind, array[start..(int)reader.BytesConsumed]);
    }
}

/// <summary>A comparison with a fact of the session: its id, subject or tenant.</summary>
internal sealed class SessionComparison(string fact, Comparison comparison) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input)
    {
        byte[]? text = fact switch
        {
            "session" => input.Session.IdUtf8,
            "subject" => input.Session.SubjectUtf8,
            _ => input.Session.TenantUtf8,
        };
        if (comparison.Operator == ComparisonOperator.Exists)
        {
            return text is not null == ((BooleanValue)comparison.Values[0]).Value ? Truth.True : Truth.False;
        }

        return text is null ? Truth.Unknown : ScalarComparison.EvaluateText(comparison, text);
    }
}
