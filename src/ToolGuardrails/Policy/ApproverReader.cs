namespace ToolGuardrails.Policy;

/// <summary>Reads a list of approvers: <c>subject</c>, <c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>.</summary>
internal static class ApproverReader
{
    public const string Subject = "subject";

    /// <summary>Reads the list; null where it is absent or no list.</summary>
    public static List<(string Text, PolicyNode Node)>? Read(PolicyObject from, string member)
    {
        if (from.Texts(member) is not { } approvers)
        {
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach ((string text, PolicyNode node) in approvers)
        {
            if (!IsApprover(text))
            {
                from.Errors.Add(node, $"{PolicyErrors.Quote(text)} is no approver; write 'subject', 'role:NAME' or 'user:ISSUER|SUBJECT'.");
            }
            else if (!seen.Add(text))
            {
                from.Errors.Add(node, $"The approver {PolicyErrors.Quote(text)} stands in this list twice; keep one of the two.");
            }
        }

        return approvers;
    }

    // An issuer has no bar in it; a subject may.
    private static bool IsApprover(string text)
    {
        if (text.Any(char.IsControl))
        {
            return false;
        }

        if (text.StartsWith("user:", StringComparison.Ordinal))
        {
            int bar = text.IndexOf('|', StringComparison.Ordinal);
            return bar >= 5 && !string.IsNullOrWhiteSpace(text[5..bar]) && !string.IsNullOrWhiteSpace(text[(bar + 1)..]);
        }

        return string.Equals(text, Subject, StringComparison.Ordinal)
            || (text.StartsWith("role:", StringComparison.Ordinal) && !string.IsNullOrWhiteSpace(text[5..]));
    }
}
