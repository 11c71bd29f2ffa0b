namespace ToolGuardrails.Tests.Approval;

/// <summary>A request with one text in every place that a model or a host can fill.</summary>
internal static class HostileRequest
{
    public static SampleRequest Everywhere(string text)
    {
        Principal person = new("https://id.example.com", "u" + Printable(text));
        var arguments = new Dictionary<string, object?> { ["value"] = text, ["x" + text] = new Dictionary<string, object?> { [text] = 1 } };
        var last = new Dictionary<string, object?> { ["value"] = text + ".", ["gone" + text] = text };
        return new SampleRequest
        {
            Id = text,
            ArgumentsJson = Json(arguments),
            LastJson = Json(last),
            LastId = text,
            Why = [text],
            UseCase = text,
            Approvers = ["role:" + text],
            Escalation = new ApprovalEscalation(TimeSpan.FromMinutes(10), [text]),
            Tool = text,
            Server = text,
            WireName = text,
            Touches = text,
            Agent = text,
            SessionId = text,
            Tenant = text,
            Owner = text,
            Subject = person,
            EditedBy = person,
            Parent = new SessionIdentity(text, text, person, text, parent: null),
        };
    }

    public static SampleRequest Elevation(string text) => Everywhere(text) with
    {
        Elevation = new RequestedElevation(text, text, ToolAccess.Write, TimeSpan.FromMinutes(15), 3, text),
    };

    // A principal refuses control characters and long parts.
    private static string Printable(string text)
    {
        string printable = string.Concat(text.Where(static c => !char.IsControl(c)).Take(400));
        return char.IsHighSurrogate(printable.LastOrDefault()) ? printable[..^1] : printable;
    }

    private static string Json(Dictionary<string, object?> arguments) => ToolArguments.FromDictionary(arguments).ToCanonicalJson();
}
