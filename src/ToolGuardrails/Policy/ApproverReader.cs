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

    /// <summary>Reports the subject, who can't approve where every call is approved on its own.</summary>
    public static void RefuseSubject(List<(string Text, PolicyNode Node)>? approvers, PolicyErrors errors)
    {
        foreach ((_, PolicyNode node) in approvers?.Where(static a => string.Equals(a.Text, Subject, StringComparison.Ordinal)) ?? [])
        {
            errors.Add(node, "The person whom a call is made for can't approve it where every call is approved on its own; name a role or another user.");
        }
    }

    /// <summary>Reports a quorum that is larger than the number of people who may approve; behind a role there may be any number.</summary>
    public static void RefuseTooFew(PolicyNode at, int quorum, IReadOnlyCollection<string> approvers, PolicyErrors errors)
    {
        int people = approvers.Distinct(StringComparer.Ordinal).Count();
        if (people < quorum && approvers.All(static a => a.StartsWith("user:", StringComparison.Ordinal)))
        {
            errors.Add(at, FormattableString.Invariant($"The quorum of {quorum} can never be reached, because {people} {(people == 1 ? "person" : "people")} may approve; name more of them or a role, or lower the quorum."));
        }
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
