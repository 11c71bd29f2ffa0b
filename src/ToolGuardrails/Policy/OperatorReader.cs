using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Reads what an operator compares with.</summary>
internal static class OperatorReader
{
    /// <summary>Reads one operator; null where its value is wrong, which is reported.</summary>
    public static Comparison? Read(Operand operand, string name, PolicyNode value, PolicyErrors errors)
    {
        (ComparisonOperator op, List<PolicyValue>? values) = name switch
        {
            "equals" => (ComparisonOperator.In, One(FactReader.Scalar(value, errors))),
            "in" => (ComparisonOperator.In, Several(value, errors, FactReader.Scalar)),
            "startsWith" => (ComparisonOperator.StartsWith, One(Part(value, errors))),
            "endsWith" => (ComparisonOperator.EndsWith, One(Part(value, errors))),
            "over" => (ComparisonOperator.Over, One(FactReader.Number(value, errors))),
            "under" => (ComparisonOperator.Under, One(FactReader.Number(value, errors))),
            "between" => (ComparisonOperator.Between, Range(value, errors)),
            "within" => (ComparisonOperator.Within, One(Folder(value, errors))),
            "host" => (ComparisonOperator.Host, OneOrSeveral(value, errors, static (v, e) => HostName(v, e, "a host", "without scheme, port and path"))),
            "address" => (ComparisonOperator.Address, OneOrSeveral(value, errors, static (v, e) => HostName(v, e, "a mail domain", "without '@' and what stands before it"))),
            _ => (ComparisonOperator.Exists, One(Truth(value, errors))),
        };
        return values is null ? null : new Comparison(operand, op, values);
    }

    private static List<PolicyValue>? One(PolicyValue? value) => value is null ? null : [value];

    private static List<PolicyValue>? OneOrSeveral(PolicyNode node, PolicyErrors errors, Func<PolicyNode, PolicyErrors, PolicyValue?> read) =>
        node.Element.ValueKind == JsonValueKind.Array ? Several(node, errors, read) : One(read(node, errors));

    private static List<PolicyValue>? Several(PolicyNode node, PolicyErrors errors, Func<PolicyNode, PolicyErrors, PolicyValue?> read)
    {
        if (node.Element.ValueKind != JsonValueKind.Array)
        {
            errors.AddKind(node, "a list");
            return null;
        }

        List<PolicyValue?> values = [.. node.Items().Select(item => read(item, errors))];
        if (values.Count == 0)
        {
            errors.Add(node, "This list is empty, so nothing could ever match; add a value.");
        }

        return values.Count == 0 || values.Contains(null) ? null : [.. values.Select(static v => v!)];
    }

    private static List<PolicyValue>? Range(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind != JsonValueKind.Array || node.Element.GetArrayLength() != 2)
        {
            errors.Add(node, "The operator 'between' takes a list of two numbers, the lower one first; both belong to the range.");
            return null;
        }

        NumberValue?[] ends = [.. node.Items().Select(item => FactReader.Number(item, errors))];
        if (ends[0] is not { } low || ends[1] is not { } high)
        {
            return null;
        }

        _ = ExactNumber.TryParse(low.Token.Span, out ExactNumber from);
        _ = ExactNumber.TryParse(high.Token.Span, out ExactNumber to);
        if (ExactNumber.Compare(from, to) <= 0)
        {
            return [low, high];
        }

        errors.Add(node, "The first number of 'between' is above the second, so nothing could ever match; write the lower one first.");
        return null;
    }

    private static TextValue? Part(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind != JsonValueKind.String)
        {
            errors.AddKind(node, "a text");
            return null;
        }

        string text = node.Element.GetString()!;
        if (text.Length > 0)
        {
            return FactReader.Text(text);
        }

        errors.Add(node, "Every text begins and ends with an empty one; write what it must begin or end with.");
        return null;
    }

    private static TextValue? Folder(PolicyNode node, PolicyErrors errors)
    {
        if (PolicyObject.Text(node, errors) is not { } path)
        {
            return null;
        }

        if (PlainPath.IsPlain(Encoding.UTF8.GetBytes(path)))
        {
            // '/' and 'C:' stand for themselves, everything else loses the separator at its end.
            return FactReader.Text(path.Length > 1 && path[^1] is '/' or '\\' ? path[..^1] : path);
        }

        errors.Add(node, $"{PolicyErrors.Quote(path)} isn't a plain absolute folder; write it like '/srv/reports' or 'C:/reports', without '.', '..', doubled separators, and dots or spaces at the end of a name.");
        return null;
    }

    private static TextValue? HostName(PolicyNode node, PolicyErrors errors, string what, string form)
    {
        if (PolicyObject.Text(node, errors) is not { } text)
        {
            return null;
        }

        if (UrlHost.IsHost(Encoding.UTF8.GetBytes(text)))
        {
            return FactReader.Text(text.ToLowerInvariant());
        }

        errors.Add(node, $"{PolicyErrors.Quote(text)} isn't {what}; write ASCII labels with dots between them, {form}, such as 'mail.example.com'.");
        return null;
    }

    private static BooleanValue? Truth(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return new BooleanValue(node.Element.GetBoolean());
        }

        errors.AddKind(node, "true or false");
        return null;
    }
}
