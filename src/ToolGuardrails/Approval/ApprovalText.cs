using System.Globalization;
using System.Text;
using ToolGuardrails.Approval;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>The words an approver reads: from the judged snapshot only, each fact on a line of its own, nothing cut (T7, T35). Of what the policy hides, kind and length (T34).</summary>
internal static class ApprovalText
{
    public static string Render(ApprovalRequest request)
    {
        var text = new StringBuilder(1024);
        foreach (ApprovalLine line in Lines(request))
        {
            text.Append(line).Append('\n');
        }

        return text.ToString();
    }

    public static IReadOnlyList<ApprovalLine> Lines(ApprovalRequest request)
    {
        var hidden = FieldTree.Of(request.HiddenPaths, ignoreCase: true);
        List<ShownMember> arguments = ShownMember.Of(request.Arguments, hidden);
        var lines = new LineList { Section = ApprovalSection.Request };
        lines.Add("Request", request.Id);
        lines.Add("Asks for", request.Elevation is null ? "one call" : "elevation, which allows calls for a while");
        AddElevation(lines, request.Elevation);
        AddTool(lines, request.Tool);
        AddWho(lines, request);
        AddDecision(lines, request);
        if (request.Elevation is null)
        {
            lines.Section = ApprovalSection.Differences;
            DifferenceLines.AddTo(lines, arguments, request.LastApproved, hidden);
        }

        AddArguments(lines, request, arguments);
        return lines.Lines;
    }

    public static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    private static void AddElevation(LineList lines, RequestedElevation? elevation)
    {
        if (elevation is null)
        {
            return;
        }

        lines.Section = ApprovalSection.Elevation;
        lines.AddHeading("Elevation");
        lines.AddBelow("Entry", elevation.Entry);
        lines.AddBelow("Tools", elevation.Tools);
        lines.AddBelow("Access", Words(elevation.Access));
        lines.AddBelow("For", FormattableString.Invariant($"{(long)elevation.For.TotalHours:00}:{elevation.For:mm\\:ss} (hours:minutes:seconds)"));
        lines.AddBelow("At most", Measure.Count(elevation.Uses, "call"));
        lines.AddBelow("Reason", elevation.Reason);
    }

    private static void AddTool(LineList lines, ToolInfo tool)
    {
        lines.Section = ApprovalSection.Tool;
        lines.Add("Tool", tool.Id);
        lines.Add("Server", tool.Server ?? "none, it is the host's own");
        lines.Add("Name", tool.Name);
        lines.Add("Access", Words(tool.Access));
        lines.Add("Reversible", tool.Reversible ? "yes" : "no");
        lines.AddList("Touches", tool.Touches, "not said");
    }

    private static void AddWho(LineList lines, ApprovalRequest request)
    {
        SessionIdentity session = request.Session;
        lines.Section = ApprovalSection.Requester;
        lines.Add("Agent", session.Agent);
        lines.Add("Session", session.Id);
        for (SessionIdentity? parent = session.Parent; parent is not null; parent = parent.Parent)
        {
            lines.Add("Started by agent", parent.Agent);
            lines.Add("in session", parent.Id);
        }

        lines.Add("Owner", request.Owner);
        lines.Add("Use case", request.UseCase ?? "not said");
        lines.Add("On behalf of", session.Subject?.ToString() ?? "nobody in particular");
        lines.Add("Tenant", session.Tenant ?? "none");
        if (request.EditedBy is { } editor)
        {
            lines.Add("Arguments edited by", editor.ToString());
        }
    }

    private static void AddDecision(LineList lines, ApprovalRequest request)
    {
        lines.Section = ApprovalSection.Decision;
        lines.Add("Tier", PolicyWords.InWords(request.Tier));
        lines.Add("Gate", Words(request.Gate));
        lines.Add("Quorum", request.Quorum == 1 ? "one person" : FormattableString.Invariant($"{request.Quorum} different people"));
        lines.Add("Comment", request.NeedsComment ? "an approval needs one" : "not needed");
        lines.AddList("Why", request.Why, "nothing is said");
        lines.AddList("Who may approve", request.Approvers, "nobody");
        if (request.Escalation is { } later)
        {
            lines.AddList($"Who else may approve from {Time(request.RequestedAt + later.After)} on", later.To, "nobody");
        }

        lines.Add("Asked", Time(request.RequestedAt));
        lines.Add("Expires", Time(request.ExpiresAt));
    }

    private static void AddArguments(LineList lines, ApprovalRequest request, List<ShownMember> arguments)
    {
        (string heading, string part) = request.Elevation is null ? ("Arguments", "argument") : ("Terms", "term");
        lines.Section = ApprovalSection.Arguments;
        lines.AddHeading(heading);
        foreach (ShownMember member in arguments)
        {
            lines.AddShownBelow($"{member.Name} ({member.InWords})", member.Value);
        }

        // Long arguments scroll what is above out of the window, so the last lines say again what it is about.
        lines.Section = ApprovalSection.End;
        lines.Add($"End of {part}s", $"{Measure.Count(arguments.Count, part)}, {Measure.Count(request.Arguments.Length, "byte")}, for {request.Tool.Id}");
        lines.Add("Digest", request.Digest);
        lines.Add("Short digest", request.ShortDigest);
        if (ApproverRules.NeedsProof(request))
        {
            lines.Add("To approve", $"type the short digest, {request.ShortDigest}");
        }
    }

    private static string Words(ApprovalGate gate) => gate switch
    {
        ApprovalGate.None => "none",
        ApprovalGate.Review => "review, a person decides on exactly this",
        ApprovalGate.PerCall => "per call, somebody other than the person it is made for decides and types the short digest",
        _ => "not specified, so it is treated as per call",
    };

    private static string Words(ToolAccess access)
    {
        string words = string.Join(", ", AccessText.Names(access));
        return words.Length == 0 ? "none declared" : words;
    }
}
