namespace ToolGuardrails.Policy;

/// <summary>Reads <c>says</c>: text with <c>{arg.NAME}</c> and <c>{ctx.NAME}</c> in it.</summary>
internal static class SaysTemplate
{
    public static string? Read(PolicyObject rule, ConditionScope scope)
    {
        if (rule.Text("says") is not { } text)
        {
            return null;
        }

        PolicyNode node = rule["says"]!.Value;
        int at = 0;
        while (at < text.Length)
        {
            int brace = text.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                break;
            }

            int open = at + brace;
            int length = text[open] == '{' ? text.AsSpan(open + 1).IndexOfAny('{', '}') : -1;
            if (length < 0 || text[open + 1 + length] != '}')
            {
                rule.Errors.Add(node, $"The brace at character {open + 1} has no partner; write '{{arg.NAME}}' or '{{ctx.NAME}}', and no other braces.");
                break;
            }

            CheckName(text.Substring(open + 1, length), node, rule.Errors, scope);
            at = open + length + 2;
        }

        return text;
    }

    private static void CheckName(string name, PolicyNode node, PolicyErrors errors, ConditionScope scope)
    {
        if (ConditionReader.ReadOperand(name) is not { } operand)
        {
            errors.Add(node, $"{PolicyErrors.Quote("{" + name + "}")} names nothing; write '{{arg.NAME}}' or '{{ctx.NAME}}'.");
        }
        else if (scope.Refuse(operand) is { } unknown)
        {
            errors.Add(node, unknown);
        }
    }
}
