using System.Globalization;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Approval;

namespace ToolGuardrails;

/// <summary>The words an approver reads: from the judged snapshot only, each fact on a line of its own, nothing cut (T7, T35).</summary>
internal static class ApprovalText
{
    public static string Render(ApprovalRequest request)
    {
        var text = new StringBuilder(1024);
        Line(text, "Request", request.Id);
        WriteTool(text, request.Tool);
        WriteWho(text, request);
        Line(text, "Tier", Words(request.Tier));
        Line(text, "Gate", Words(request.Gate));
        List(text, "Why", request.Why, "nothing is said");
        List(text, "Who may approve", request.Approvers, "nobody");
        Line(text, "Expires", request.ExpiresAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        int count = WriteArguments(text, request.Arguments.Span);

        // Long arguments scroll what is above out of the window, so the last lines say again what it is about.
        Line(text, "End of arguments", Invariant($"{Count(count, "argument")}, {Count(request.Arguments.Length, "byte")}, for {request.Tool.Id}"));
        Line(text, "Digest", request.Digest);
        Line(text, "Short digest", request.ShortDigest);
        return text.ToString();
    }

    private static void WriteTool(StringBuilder text, ToolInfo tool)
    {
        Line(text, "Tool", tool.Id);
        Line(text, "Server", tool.Server ?? "none, it is the host's own");
        Line(text, "Name", tool.Name);
        Line(text, "Access", Words(tool.Access));
        Line(text, "Reversible", tool.Reversible ? "yes" : "no");
        List(text, "Touches", tool.Touches, "not said");
    }

    private static void WriteWho(StringBuilder text, ApprovalRequest request)
    {
        SessionIdentity session = request.Session;
        Line(text, "Agent", session.Agent);
        Line(text, "Session", session.Id);
        for (SessionIdentity? parent = session.Parent; parent is not null; parent = parent.Parent)
        {
            Line(text, "Started by agent", parent.Agent);
            Line(text, "in session", parent.Id);
        }

        Line(text, "Owner", request.Owner);
        Line(text, "Use case", request.UseCase ?? "not said");
        Line(text, "On behalf of", session.Subject?.ToString() ?? "nobody in particular");
        if (session.Tenant is not null)
        {
            Line(text, "Tenant", session.Tenant);
        }
    }

    private static int WriteArguments(StringBuilder text, ReadOnlySpan<byte> canonical)
    {
        text.Append("Arguments:\n");
        var reader = new Utf8JsonReader(canonical, new JsonReaderOptions { MaxDepth = 1024 });
        reader.Read();
        int count = 0;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = ShownName(canonical, ref reader);
            reader.Read();
            int start = (int)reader.TokenStartIndex;
            string measure = Measure(ref reader);
            string value = Encoding.UTF8.GetString(canonical[start..(int)reader.BytesConsumed]);
            text.Append("  ").Append(name).Append(" (").Append(measure).Append("): ").Append(VisibleJson.Escape(value)).Append('\n');
            count++;
        }

        return count;
    }

    // A name that isn't a plain word stands in quotes: "amount (number): 1" as a name would otherwise pass for a line of ours.
    private static string ShownName(ReadOnlySpan<byte> canonical, ref Utf8JsonReader reader)
    {
        string name = reader.GetString()!;
        int start = (int)reader.TokenStartIndex;
        return IdentifierText.IsId(name)
            ? name
            : VisibleJson.Escape(Encoding.UTF8.GetString(canonical.Slice(start, reader.ValueSpan.Length + 2)));
    }

    private static string Measure(ref Utf8JsonReader reader) => reader.TokenType switch
    {
        JsonTokenType.String => $"string, {Count(reader.GetString()!.EnumerateRunes().Count(), "character")}",
        JsonTokenType.Number => $"number, {Count(reader.ValueSpan.Length, "character")}",
        JsonTokenType.StartObject => MeasureNested(ref reader, "object", "member"),
        JsonTokenType.StartArray => MeasureNested(ref reader, "array", "element"),
        JsonTokenType.Null => "null",
        _ => "boolean",
    };

    private static string MeasureNested(ref Utf8JsonReader reader, string kind, string part)
    {
        long start = reader.TokenStartIndex;
        int depth = reader.CurrentDepth;
        int count = 0;
        JsonTokenType counted = kind == "object" ? JsonTokenType.PropertyName : JsonTokenType.None;
        while (reader.Read() && reader.CurrentDepth > depth)
        {
            bool isDirect = reader.CurrentDepth == depth + 1 && reader.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray);
            count += isDirect && (counted == JsonTokenType.None || reader.TokenType == counted) ? 1 : 0;
        }

        return $"{kind}, {Count(count, part)}, {Count((int)(reader.BytesConsumed - start), "byte")}";
    }

    private static void Line(StringBuilder text, string label, string content) =>
        text.Append(label).Append(": ").Append(VisibleLine.Escape(content)).Append('\n');

    private static void List(StringBuilder text, string label, IReadOnlyList<string> contents, string none)
    {
        if (contents.Count == 0)
        {
            Line(text, label, none);
            return;
        }

        text.Append(label).Append(":\n");
        foreach (string content in contents)
        {
            text.Append("  - ").Append(VisibleLine.Escape(content)).Append('\n');
        }
    }

    private static string Count(int count, string word) => Invariant($"{count} {word}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    private static string Words(RiskTier tier) => tier switch
    {
        RiskTier.Low => "low",
        RiskTier.Medium => "medium",
        RiskTier.High => "high",
        _ => "unclassified",
    };

    private static string Words(ApprovalGate gate) => gate switch
    {
        ApprovalGate.None => "none",
        ApprovalGate.Review => "review, one person decides on exactly this call",
        ApprovalGate.PerCall => "per call, somebody other than the person it is made for decides and types the short digest",
        _ => "not specified, so it is treated as per call",
    };

    private static string Words(ToolAccess access)
    {
        string[] words =
        [
            .. new[] { (ToolAccess.Read, "read"), (ToolAccess.Write, "write"), (ToolAccess.Delete, "delete"), (ToolAccess.Execute, "execute"), (ToolAccess.Send, "send") }
                .Where(a => access.HasFlag(a.Item1)).Select(static a => a.Item2),
        ];
        return words.Length == 0 ? "none declared" : string.Join(", ", words);
    }
}
