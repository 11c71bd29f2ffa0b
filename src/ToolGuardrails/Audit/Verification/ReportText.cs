using System.Globalization;
using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>A report as people read it.</summary>
internal static class ReportText
{
    public static string Verdict(AuditLogReport report) => report switch
    {
        { IsIntact: false } => string.Create(CultureInfo.InvariantCulture, $"NOT INTACT: {report.Damage.Count} {(report.Damage.Count == 1 ? "problem" : "problems")} found."),
        { IsSigned: false } => "INTACT, BUT UNSIGNED: nothing was damaged by accident; people aren't ruled out.",
        _ => "INTACT.",
    };

    public static string Of(AuditLogReport report)
    {
        var text = new StringBuilder();
        Line(text, Verdict(report));
        Line(text, $"Log:      {VisibleText.Escape(report.DirectoryPath)}{(report.Origin is null ? string.Empty : $" ({VisibleText.Escape(report.Origin)})")}");
        Line(text, report.FirstRecord == 0 ? $"Records:  {report.Records}" : $"Records:  {report.FirstRecord} to {report.Records - 1}; those before were pruned");
        Line(text, report.SealedAt is { } at
            ? string.Create(CultureInfo.InvariantCulture, $"Sealed:   {report.SealedRecords} records, {(report.IsSigned ? "signed" : "unsigned")}, until {at.UtcDateTime:yyyy-MM-dd HH:mm:ss} UTC")
            : "Sealed:   nothing");
        Line(text, report.AnchoredRecords is { } anchored ? $"Anchored: {anchored} records" : "Anchored: not at all");
        List(text, "Damage:", report.Damage.Select(static d => d.ToString()));
        List(text, "Notes:", report.Notes);
        return text.ToString();
    }

    private static void Line(StringBuilder text, FormattableString line) => text.Append(line.ToString(CultureInfo.InvariantCulture)).Append('\n');

    private static void Line(StringBuilder text, string line) => text.Append(line).Append('\n');

    private static void List(StringBuilder text, string title, IEnumerable<string> items)
    {
        bool isFirst = true;
        foreach (string item in items)
        {
            if (isFirst)
            {
                Line(text, title);
            }

            isFirst = false;
            Line(text, "  - " + item);
        }
    }
}
