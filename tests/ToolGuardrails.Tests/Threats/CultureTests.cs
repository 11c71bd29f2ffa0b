using System.Globalization;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T44: no culture of the thread changes a decision, a digest or a record.</summary>
public sealed class CultureTests
{
    private const string Policy = """
        { "version": 1, "name": "cultures",
          "tools": { "pay.IT": { "access": ["read"], "tier": "low", "arguments": { "amount": "number?", "text": "string?", "file": "string?", "to": "string?", "url": "string?", "when": "any?" } } },
          "agents": { "clerk": { "owner": "Ada", "tier": "high", "grants": [
            { "id": "amount", "tools": "pay.IT", "where": { "arg.amount": { "between": [0.5, 1500.75] } } },
            { "id": "text", "tools": "pay.IT", "where": { "arg.text": { "in": ["file", "FILE", "ı", "straße", "ك"] } } },
            { "id": "file", "tools": "pay.IT", "where": { "arg.file": { "within": "/srv/files" } } },
            { "id": "to", "tools": "pay.IT", "where": { "arg.to": { "address": "MAIL.example" } } },
            { "id": "url", "tools": "pay.IT", "where": { "arg.url": { "host": "FILES.example" } } } ] } },
          "risks": [ { "id": "large", "tools": "pay.IT", "when": { "arg.amount": { "over": 1000.5 } }, "tier": "high" } ],
          "tiers": { "high": { "approval": "perCall", "approvers": ["role:sre"] } } }
        """;

    private static readonly (string Tool, string Arguments)[] Calls =
    [
        .. new[] { "0.5", "0.49", "1.5", "1500.75", "1500.750001", "1,5", "1000.5", "1000.51", "-0.5", "1e3", "1E+3", "150075e-2", "\"1.5\"", "\"1,5\"" }.Select(static n => ("pay.IT", $$"""{"amount":{{n}}}""")),
        .. new[] { "file", "FILE", "FİLE", "fıle", "File", "ı", "I", "i", "İ", "straße", "strasse", "STRASSE", "ك", "ک", "\\u200dfile" }.Select(static t => ("pay.IT", $$"""{"text":"{{t}}"}""")),
        .. new[] { "/srv/files/x", "/srv/FILES/x", "/srv/fıles/x", "/SRV/files", "/srv/file" }.Select(static t => ("pay.IT", $$"""{"file":"{{t}}"}""")),
        .. new[] { "a@mail.example", "I@MAIL.EXAMPLE", "a@maıl.example", "a@MAİL.example" }.Select(static t => ("pay.IT", $$"""{"to":"{{t}}"}""")),
        .. new[] { "https://files.example/", "HTTPS://FILES.EXAMPLE/", "https://fıles.example/", "https://FİLES.example/" }.Select(static t => ("pay.IT", $$"""{"url":"{{t}}"}""")),
        ("pay.it", "{}"), ("PAY.IT", "{}"), ("pay.İT", "{}"), ("pay.ıt", "{}"),
        ("pay.IT", """{"text":"a","TEXT":"b"}"""), ("pay.IT", """{"i":1,"I":2}"""), ("pay.IT", """{"i":1,"İ":2}"""), ("pay.IT", """{"ı":1,"I":2}"""),
    ];

    [CultureTheory]
    [InlineData("de-DE")]
    [InlineData("fr-FR")]
    [InlineData("tr-TR")]
    [InlineData("fa-IR")]
    [InlineData("th-TH")]
    public async Task Decisions_are_the_same_as_under_the_invariant_culture(string culture)
    {
        string[] expected = await UnderAsync(CultureInfo.InvariantCulture);
        Assert.Equal(expected, await UnderAsync(CultureInfo.GetCultureInfo(culture, predefinedOnly: true)));
        Assert.Contains(expected, static e => e.Contains("allowed", StringComparison.Ordinal));
        Assert.Contains(expected, static e => e.Contains(DecisionCodes.ApprovalRequired, StringComparison.Ordinal));
        Assert.Contains(expected, static e => e.Contains(DecisionCodes.ScopeNoGrant, StringComparison.Ordinal));
    }

    [CultureTheory]
    [InlineData("fa-IR")]
    [InlineData("th-TH")]
    [InlineData("ar-SA")]
    public void A_report_on_the_log_is_the_same_as_under_the_invariant_culture(string culture)
    {
        var report = new AuditLogReport("/log", [], []) { SealedAt = DateTimeOffset.MaxValue, SealedRecords = 12345, Records = 12345 };
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(culture, predefinedOnly: true);
            Assert.Contains("\nSealed:   12345 records, unsigned, until 9999-12-31 23:59:59 UTC\n", ReportText.Of(report), StringComparison.Ordinal);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    // Everything that a culture could touch: the decision, the digests, the record with its time and numbers, what approver and model read.
    private static async Task<string[]> UnderAsync(CultureInfo culture)
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        CultureInfo beforeUi = CultureInfo.CurrentUICulture;
        try
        {
            CultureInfo.CurrentCulture = culture;
            CultureInfo.CurrentUICulture = culture;
            await using GovernedHost host = GovernedHost.Start(Policy);
            List<string> results = [host.Pipeline.PolicyDigest!];
            AgentSession session = host.Session(id: "s-1");
            foreach ((string tool, string arguments) in Calls)
            {
                ToolOutcome<string> outcome = await session.InvokeAsync(tool, ToolArguments.FromJson(arguments), static (_, _) => ValueTask.FromResult("done"));
                ApprovalRequest? pending = outcome.PendingApproval;
                results.Add($"{tool} {arguments}: {outcome.Decision.Effect} {outcome.Decision.Tier} {outcome.Decision.Code} {pending?.Digest}");
                results.Add(Without(pending is null ? outcome.ToModelText() : pending.ToText(), pending?.Id, outcome.Decision.CallId));
                results.Add(ToolArguments.FromDictionary(new Dictionary<string, object?> { ["n"] = 1234.5, ["d"] = 1.5m, ["t"] = new DateOnly(2026, 11, 22), ["s"] = TimeSpan.FromHours(1.5) }).ToCanonicalJson());
            }

            foreach (AuditRecord record in await host.RecordsAsync())
            {
                results.Add(Without(record.ToString(), record.GetString("w"), record.GetString("crc"), record.CallId, record.GetString("request"), record.GetString("shown")));
            }

            return [.. results];
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
            CultureInfo.CurrentUICulture = beforeUi;
        }
    }

    private static string Without(string text, params string?[] parts) =>
        parts.Where(static p => !string.IsNullOrEmpty(p)).Aggregate(text, static (t, p) => t.Replace(p!, "-", StringComparison.Ordinal));
}
