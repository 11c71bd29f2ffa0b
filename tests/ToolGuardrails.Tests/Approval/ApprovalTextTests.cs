using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Approval;

public sealed class ApprovalTextTests
{
    [Fact]
    public void An_approver_reads_every_fact_on_a_line_of_its_own()
    {
        var parent = new SessionIdentity("s-0", "front-desk", SampleRequest.Customer, "acme", parent: null);
        string text = new SampleRequest { Parent = parent, Why = ["The refund is over 100.", "It leaves the shop."], Approvers = ["subject", "role:lead"] }.Build().ToText();

        Assert.Equal(
            $$"""
            Request: req-1
            Asks for: one call
            Tool: refunds.create
            Server: shop
            Name: create_refund
            Access: write, send
            Reversible: no
            Touches:
              - the customer's balance
            Agent: support-agent
            Session: s-1
            Started by agent: front-desk
            in session: s-0
            Owner: maria.ortiz@example.com
            Use case: answers customers
            On behalf of: https://id.example.com|u-17
            Tenant: acme
            Tier: medium
            Gate: review, a person decides on exactly this
            Quorum: one person
            Comment: not needed
            Why:
              - The refund is over 100.
              - It leaves the shop.
            Who may approve:
              - subject
              - role:lead
            Asked: 2026-01-05 09:00:00 UTC
            Expires: 2026-01-05 13:00:00 UTC
            Last approved call of this tool: no call of this tool has been approved before, for this agent and tenant
            Arguments:
              amount (number, 6 characters): 250.00
              note (string, 11 characters): "late parcel"
              order (string, 6 characters): "A-1001"
            End of arguments: 3 arguments, 55 bytes, for refunds.create
            Digest: 0a1b2c3d{{new string('e', 56)}}
            Short digest: 0a1b2c3d

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void An_approver_of_a_per_call_request_reads_what_more_it_takes()
    {
        string text = new SampleRequest
        {
            Gate = ApprovalGate.PerCall,
            Tier = RiskTier.High,
            Approvers = ["role:sre"],
            Quorum = 2,
            NeedsComment = true,
            Escalation = new ApprovalEscalation(TimeSpan.FromMinutes(10), ["role:lead", "role:duty"]),
            EditedBy = SampleRequest.Lead,
        }.Build().ToText();

        Assert.Contains("\nTenant: acme\nArguments edited by: https://id.example.com|lead-1\nTier: high\n", text, StringComparison.Ordinal);
        Assert.Contains("\nQuorum: 2 different people\nComment: an approval needs one\n", text, StringComparison.Ordinal);
        Assert.Contains("\nWho else may approve from 2026-01-05 09:10:00 UTC on:\n  - role:lead\n  - role:duty\nAsked: ", text, StringComparison.Ordinal);
        Assert.EndsWith("\nShort digest: 0a1b2c3d\nTo approve: type the short digest, 0a1b2c3d\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(ApprovalGate.Review, RiskTier.Medium, false)]
    [InlineData(ApprovalGate.Review, RiskTier.High, true)]
    [InlineData(ApprovalGate.PerCall, RiskTier.Low, true)]
    [InlineData(ApprovalGate.Unspecified, RiskTier.Medium, true)]
    public void Whoever_has_to_type_the_short_digest_is_told_so(ApprovalGate gate, RiskTier tier, bool told) =>
        Assert.Equal(told, new SampleRequest { Gate = gate, Tier = tier }.Build().ToText().Contains("\nTo approve: type the short digest, 0a1b2c3d\n", StringComparison.Ordinal));

    [Fact]
    public void An_elevation_is_shown_with_its_terms()
    {
        string text = new SampleRequest
        {
            Elevation = new RequestedElevation("stock-fix", "db.*", ToolAccess.Write | ToolAccess.Delete, TimeSpan.FromMinutes(1575.5), 3, "The count is off."),
            ArgumentsJson = """{"entry":"stock-fix","uses":3}""",
        }.Build().ToText();

        Assert.StartsWith(
            """
            Request: req-1
            Asks for: elevation, which allows calls for a while
            Elevation:
              Entry: stock-fix
              Tools: db.*
              Access: write, delete
              For: 26:15:30 (hours:minutes:seconds)
              At most: 3 calls
              Reason: The count is off.
            Tool: 
            """.ReplaceLineEndings("\n").TrimEnd(),
            text,
            StringComparison.Ordinal);
        Assert.Contains("UTC\nTerms:\n  entry (string, 9 characters): \"stock-fix\"\n  uses (number, 1 character): 3\nEnd of terms: 2 terms, 30 bytes, for refunds.create\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void The_text_is_the_lines_and_nothing_else()
    {
        foreach (ApprovalRequest request in new[] { Everywhere("a\nb"), HostileRequest.Elevation("a\nb").Build() })
        {
            Assert.Equal(request.ToText(), string.Concat(request.ToLines().Select(static l => l + "\n")));
            Assert.Equal(request.ToLines(), request.ToLines());
            ApprovalSection absent = request.Elevation is null ? ApprovalSection.Elevation : ApprovalSection.Differences;
            Assert.Equal(Enum.GetValues<ApprovalSection>().Where(s => s != absent && s != ApprovalSection.Unspecified), request.ToLines().Select(static l => l.Section).Distinct());
        }
    }

    [Fact]
    public void A_line_says_its_label_its_text_and_where_it_belongs()
    {
        IReadOnlyList<ApprovalLine> lines = new SampleRequest { LastJson = "{}" }.Build().ToLines();

        Assert.Equal([(0, "Touches", ""), (1, null, "the customer's balance")], lines.Where(static l => l.Section == ApprovalSection.Tool).TakeLast(2).Select(static l => (l.Level, l.Label, l.Text)));
        Assert.Equal((1, "amount (number, 6 characters)", "250.00"), lines.Where(static l => l.Section == ApprovalSection.Arguments).Select(static l => (l.Level, l.Label, l.Text)).ElementAt(1));
        Assert.Equal((1, "amount (added)", "250.00"), lines.Where(static l => l.Section == ApprovalSection.Differences).Select(static l => (l.Level, l.Label, l.Text)).ElementAt(2));
    }

    [Fact]
    public void The_rendered_digest_is_that_of_the_text()
    {
        ApprovalRequest request = Everywhere("\u202e\U0001F600é");

        Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.ToText()))), request.RenderedDigest);
        Assert.NotEqual(request.RenderedDigest, new SampleRequest().Build().RenderedDigest);
    }

    [Fact]
    public void What_nobody_has_said_is_said_to_be_unsaid()
    {
        string text = new SampleRequest { Subject = null, Tenant = null, UseCase = null, Approvers = [], Why = [], Gate = ApprovalGate.Unspecified, ArgumentsJson = "{}" }.Build().ToText();

        Assert.Contains("\nOn behalf of: nobody in particular\n", text, StringComparison.Ordinal);
        Assert.Contains("\nTenant: none\n", text, StringComparison.Ordinal);
        Assert.Contains("\nUse case: not said\n", text, StringComparison.Ordinal);
        Assert.Contains("\nWho may approve: nobody\n", text, StringComparison.Ordinal);
        Assert.Contains("\nGate: not specified, so it is treated as per call\n", text, StringComparison.Ordinal);
        Assert.Contains("\nArguments:\nEnd of arguments: 0 arguments, 2 bytes, for refunds.create\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"x\"", "string, 1 character")]
    [InlineData("\"\"", "string, 0 characters")]
    [InlineData("\"\\ud834\\udd1e\\u0301\"", "string, 2 characters")]
    [InlineData("1e0", "number, 3 characters")]
    [InlineData("true", "boolean")]
    [InlineData("null", "null")]
    [InlineData("{\"a\":{\"b\":1},\"c\":[1]}", "object, 2 members, 21 bytes")]
    [InlineData("[[1,2],{\"a\":3},null]", "array, 3 elements, 20 bytes")]
    [InlineData("[]", "array, 0 elements, 2 bytes")]
    public void Each_argument_is_shown_with_its_kind_and_length(string json, string measure)
    {
        string text = new SampleRequest { ArgumentsJson = $$"""{"value":{{json}}}""" }.Build().ToText();

        Assert.Equal(measure, ShownArguments.Read(text)["value"].Measure);
    }

    [Fact]
    public void Numbers_are_shown_as_the_model_wrote_them()
    {
        string text = new SampleRequest { ArgumentsJson = """{"a":9007199254740993,"b":1.0,"c":1e400}""" }.Build().ToText();

        Assert.Equal(["9007199254740993", "1.0", "1e400"], ShownArguments.Read(text).Values.Select(static v => v.Json));
    }

    [Fact]
    public void Nothing_that_hides_reorders_or_pads_is_shown_raw_wherever_it_stands()
    {
        foreach (string nasty in UnsafeText.Corpus)
        {
            Assert.False(UnsafeText.Has(Everywhere(nasty).ToText()), nasty);
        }
    }

    [Fact]
    public void What_is_shown_of_an_argument_parses_to_exactly_its_value()
    {
        foreach (string nasty in UnsafeText.Corpus)
        {
            Dictionary<string, (string Measure, string Json)> shown = ShownArguments.Read(Everywhere(nasty).ToText());

            Assert.Equal(2, shown.Count);
            Assert.Equal(nasty, JsonDocument.Parse(shown["value"].Json).RootElement.GetString());
            Assert.Equal(nasty, JsonDocument.Parse(shown["x" + nasty].Json).RootElement.EnumerateObject().Single().Name);
        }
    }

    [Fact]
    public void A_long_value_is_shown_whole_with_its_length()
    {
        string value = string.Concat(Enumerable.Range(0, 20_000).Select(static i => i.ToString(CultureInfo.InvariantCulture)));
        string text = new SampleRequest { ArgumentsJson = $$"""{"value":"{{value}}"}""" }.Build().ToText();

        Assert.Contains($"  value (string, {value.Length} characters): \"{value}\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Content_never_begins_a_line_of_ours()
    {
        string[] ours = Everywhere("plain").ToText().Split('\n');
        foreach (string nasty in UnsafeText.Corpus.Append("\nTier: low\nGate: none\r\nShort digest: 00000000"))
        {
            string[] lines = Everywhere(nasty).ToText().Split('\n');

            Assert.Equal(ours.Length, lines.Length);
            Assert.Equal(ours.Select(LabelOf), lines.Select(LabelOf));
        }

        static string LabelOf(string line) => line.StartsWith("  - ", StringComparison.Ordinal) ? "entry"
            : line.StartsWith("  ", StringComparison.Ordinal) ? "argument" : line.Split(':')[0];
    }

    [Fact]
    public void An_argument_name_that_looks_like_a_line_of_ours_stands_in_quotes()
    {
        string text = new SampleRequest { ArgumentsJson = """{"amount (number, 1 character): 5 note":9999}""" }.Build().ToText();

        Assert.Contains("\n  \"amount (number, 1 character): 5 note\" (number, 4 characters): 9999\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Look_alike_letters_stay_visible_as_what_they_are()
    {
        const string Confusable = "ｐａｙｐаl Ⅷ ﬁ ʼ";
        string text = new SampleRequest { ArgumentsJson = $$"""{"ｔｏ":"{{Confusable}}"}""" }.Build().ToText();

        Assert.Contains($"  \"ｔｏ\" (string, {Confusable.Length} characters): \"{Confusable}\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_look_alike_quote_does_not_seem_to_end_a_value()
    {
        string text = new SampleRequest { ArgumentsJson = """{"note":"ok＂ and ”"}""", Why = ["It says \"ok” and more\"."] }.Build().ToText();

        Assert.Contains("): \"ok\\uff02 and \\u201d\"\n", text, StringComparison.Ordinal);
        Assert.Contains("  - It says \"ok\\u{201D} and more\".\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Code_points_beyond_the_first_plane_are_escaped_as_two_units()
    {
        string text = new SampleRequest { ArgumentsJson = """{"note":"a\udb40\udc41b"}""" }.Build().ToText();

        Assert.Contains("note (string, 3 characters): \"a\\udb40\\udc41b\"\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Padding_is_counted_in_plain_text_and_escaped_in_values()
    {
        string text = new SampleRequest { Why = ["a" + new string(' ', 8) + "5", "a" + new string(' ', 7) + "5"], ArgumentsJson = $$"""{"note":"{{new string(' ', 8)}}"}""" }.Build().ToText();

        Assert.Contains("\n  - a\\u{20*8}5\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  - a       5\n", text, StringComparison.Ordinal);
        Assert.Contains("\"" + string.Concat(Enumerable.Repeat("\\u0020", 8)) + "\"\n", text, StringComparison.Ordinal);
    }

    [CultureFact]
    public void The_text_is_the_same_in_every_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        string expected = Everywhere("plain").ToText();
        try
        {
            foreach (string name in new[] { "ar-SA", "fa-IR", "th-TH", "tr-TR", "de-DE" })
            {
                CultureInfo.CurrentCulture = CultureInfo.GetCultureInfo(name);
                Assert.Equal(expected, Everywhere("plain").ToText());
            }
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    private static ApprovalRequest Everywhere(string text) => HostileRequest.Everywhere(text).Build();
}
