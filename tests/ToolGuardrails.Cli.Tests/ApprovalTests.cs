using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class ApprovalTests
{
    private static readonly string User = OperatingSystemUser.Principal.ToString();
    private static readonly string Shown = Visible.Word(User);

    [Fact]
    public async Task List_shows_what_waits_and_all_shows_what_is_over_too()
    {
        await using var desk = new WaitingDesk();
        Assert.Equal("NO REQUESTS.\n", (await desk.RunAsync("list")).With(ExitCode.Done).Out);
        ApprovalRequest refund = await desk.AskAsync("refund", """{"amount":1}"""), price = await desk.AskAsync("price", """{"price":2}""");
        (await desk.RunAsync("reject", refund.Id, "--reason", "no")).With(ExitCode.Done);
        Assert.Equal(
            [
                "OPEN: 1.", $"  - {price.Id}", "    tool     price", "    agent    clerk", "    for      https://id.example|dana",
                "    tier     high", "    status   pending, 0 of 1 approvals", $"    expires  {SuspensionText.Time(price.ExpiresAt)}",
            ],
            (await desk.RunAsync("list")).With(ExitCode.Done).Lines);
        CliRun all = (await desk.RunAsync("list", "--all")).With(ExitCode.Done);
        Assert.StartsWith($"REQUESTS: 2.\n  - {refund.Id}\n", all.Out, StringComparison.Ordinal);
        Assert.Contains("    status   rejected, 0 of 1 approvals\n", all.Out, StringComparison.Ordinal);

        using var json = JsonDocument.Parse((await desk.RunAsync("list", "--json")).With(ExitCode.Done).Out);
        JsonElement one = json.RootElement.GetProperty("approvals").EnumerateArray().Single();
        Assert.Equal(desk.File, json.RootElement.GetProperty("store").GetString());
        Assert.Equal((price.Id, "price", "pending", "high", "per_call", price.ShortDigest), (Text(one, "id"), Text(one, "tool"), Text(one, "status"), Text(one, "tier"), Text(one, "gate"), Text(one, "short_digest")));
        Assert.Equal((1, 0), (one.GetProperty("quorum").GetInt32(), one.GetProperty("approvals").GetInt32()));
    }

    [Fact]
    public async Task Show_prints_the_request_as_it_is_rendered_and_what_became_of_it()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        Assert.Equal($"{request.ToText()}Status: pending, 0 of 1 approvals\n", (await desk.RunAsync("show", request.Id)).With(ExitCode.Done).Out);
        (await desk.RunAsync("approve", request.Id, "--yes", "--comment", "it \"broke\"")).With(ExitCode.Done);
        Assert.True((await desk.ResumeAsync(request.Id)).Executed);

        string[] lines = (await desk.RunAsync("show", request.Id)).With(ExitCode.Done).Lines[^4..];
        Assert.Equal("Status: finished, 1 of 1 approvals", lines[0]);
        Assert.StartsWith($"  - approve by {Shown} at 2", lines[1], StringComparison.Ordinal);
        Assert.EndsWith(": \"it \\\"broke\\\"\"", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("Used: by call ", lines[2], StringComparison.Ordinal);
        Assert.Equal("Outcome: succeeded", lines[3]);
        using var json = JsonDocument.Parse((await desk.RunAsync("show", request.Id, "--json")).With(ExitCode.Done).Out);
        Assert.Equal(User, Text(json.RootElement.GetProperty("decisions").EnumerateArray().Single(), "by"));
        Assert.Equal(request.ToLines().Select(static l => l.Text), json.RootElement.GetProperty("lines").EnumerateArray().Select(static l => Text(l, "text")));
    }

    [Theory]
    [InlineData("y\n", true)]
    [InlineData(" YES \n", true)]
    [InlineData("n\n", false)]
    [InlineData("\n", false)]
    [InlineData("yess\n", false)]
    [InlineData("", false)]
    public async Task Only_a_yes_approves_a_review_and_anything_else_leaves_it(string typed, bool approves)
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        CliRun run = (await desk.TypeAsync(typed, "approve", request.Id)).With(approves ? ExitCode.Done : ExitCode.Refused);
        Assert.Equal($"{request.ToText()}Approve? [y/N] {(approves ? $"APPROVED: refund for clerk, as {Shown}.\n" : "")}", run.Out);
        Assert.Equal(approves ? "" : "Nothing was decided; the request waits as before.\n", run.Error);
        Assert.Equal(approves ? ApprovalStatus.Approved : ApprovalStatus.Pending, (await desk.FindAsync(request.Id)).Status);
        Assert.Equal(approves, (await desk.ResumeAsync(request.Id)).Executed);
    }

    [Fact]
    public async Task A_call_of_tier_high_is_approved_by_typing_its_digest_and_by_no_key_press()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("price", """{"price":2}""");
        foreach (string typed in new[] { "y\n", "12345678\n" })
        {
            Assert.StartsWith("approval.not-confirmed: \"", (await desk.TypeAsync(typed, "approve", request.Id, "--yes")).With(ExitCode.Refused).Error, StringComparison.Ordinal);
        }

        Assert.Equal("Nothing was decided; the request waits as before.\n", (await desk.TypeAsync("\n", "approve", request.Id)).With(ExitCode.Refused).Error);
        Assert.Contains("the short digest at its end with --digest.", (await desk.RunAsync("approve", request.Id, "--yes")).Refused(), StringComparison.Ordinal);
        Assert.Equal(ApprovalStatus.Pending, (await desk.FindAsync(request.Id)).Status);
        CliRun run = (await desk.TypeAsync($" {request.ShortDigest.ToUpperInvariant()}\n", "approve", request.Id)).With(ExitCode.Done);
        Assert.EndsWith($"Type the short digest to approve, nothing to leave it: APPROVED: price for clerk, as {Shown}.\n", run.Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("refund", """{"amount":1}""")]
    [InlineData("price", """{"price":2}""")]
    public async Task A_digest_that_was_read_is_asked_for_no_more_and_another_requests_digest_counts_nowhere(string tool, string arguments)
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync(tool, arguments);
        CliRun wrong = (await desk.RunAsync("approve", request.Id, "--digest", "0000000")).With(ExitCode.Refused);
        Assert.Equal(("", "approval.not-confirmed: \"0000000\" isn't the short digest of this request. Read the request to its end, and give the short digest that stands there.\n"), (wrong.Out, wrong.Error));
        Assert.Equal($"APPROVED: {tool} for clerk, as {Shown}.\n", (await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Done).Out);
    }

    [Fact]
    public async Task Where_nobody_sits_a_review_needs_a_word_on_the_command_line()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        Assert.Contains("and give --yes, or the short digest", (await desk.RunAsync("approve", request.Id)).Refused(), StringComparison.Ordinal);
        Assert.Contains("and give --yes, or the short digest", (await desk.TypeAsync("y\n", "approve", request.Id, "--json")).Refused(), StringComparison.Ordinal);
        Assert.Equal(ApprovalStatus.Pending, (await desk.FindAsync(request.Id)).Status);
        using var json = JsonDocument.Parse((await desk.RunAsync("approve", request.Id, "--yes", "--json")).With(ExitCode.Done).Out);
        Assert.Equal((true, "approved", null), (json.RootElement.GetProperty("accepted").GetBoolean(), Text(json.RootElement, "status"), Text(json.RootElement, "code")));
    }

    [Fact]
    public async Task What_was_typed_before_the_question_answers_nothing()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        using var input = new StringReader("y\nn\n");
        CliRun run = await CliRun.OfAsync(["approvals", "approve", request.Id, "--store", desk.File], (o, e) => new Terminal(o, e) { Input = input, DropTypedAhead = () => input.ReadLine() });
        run.With(ExitCode.Refused);
        Assert.Equal(ApprovalStatus.Pending, (await desk.FindAsync(request.Id)).Status);
    }

    [Theory]
    [InlineData("refund", """{"amount":1}""")]
    [InlineData("price", """{"price":2}""")]
    public async Task The_user_for_whom_the_agent_acts_approves_no_call_of_its_own(string tool, string arguments)
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync(tool, arguments, OperatingSystemUser.Principal);
        CliRun run = (await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Refused);
        Assert.StartsWith($"approval.not-allowed: The one who answered may not approve this call. It may be approved by {Visible.Word(WaitingDesk.Me)}", run.Error, StringComparison.Ordinal);
        Assert.Equal("", run.Out);
        Assert.False((await desk.ResumeAsync(request.Id)).Executed);
        using var json = JsonDocument.Parse((await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest, "--json")).With(ExitCode.Refused).Out);
        Assert.Equal((false, "approval.not-allowed", "pending"), (json.RootElement.GetProperty("accepted").GetBoolean(), Text(json.RootElement, "code"), Text(json.RootElement, "status")));
    }

    [Fact]
    public async Task A_group_of_the_users_is_a_role()
    {
        await using var desk = new WaitingDesk(approver: $"role:{OperatingSystemUser.Identity.Roles.First()}");
        ApprovalRequest request = await desk.AskAsync("price", """{"price":2}""");
        (await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Done);
        await using var other = new WaitingDesk(approver: "role:no-such-group", high: """, "escalate": { "after": "00:10:00", "to": ["role:lead"] }""");
        request = await other.AskAsync("price", """{"price":2}""");
        string error = (await other.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Refused).Error;
        Assert.Contains($"approved by role:no-such-group, role:nobody-else; from {SuspensionText.Time(request.RequestedAt + TimeSpan.FromMinutes(10))} on also by role:lead. You are", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_comment_that_the_policy_wants_is_asked_for()
    {
        await using var desk = new WaitingDesk(medium: """, "comment": true""");
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        Assert.Equal("approval.no-comment: The policy asks for a comment, and the approval has none. Give one with --comment.\n", (await desk.RunAsync("approve", request.Id, "--yes")).With(ExitCode.Refused).Error);
        Assert.Contains("Comment: ", (await desk.TypeAsync("y\nit broke\n", "approve", request.Id)).With(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Equal("it broke", Assert.Single((await desk.FindAsync(request.Id)).Decisions).Comment);
    }

    [Fact]
    public async Task Of_a_quorum_each_approval_is_counted_and_one_person_is_one()
    {
        await using var desk = new WaitingDesk(high: """, "quorum": 2""");
        ApprovalRequest request = await desk.AskAsync("price", """{"price":2}""");
        Assert.Equal($"COUNTED, 1 of 2 approvals: price for clerk, as {Shown}.\n", (await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Done).Out);
        Assert.StartsWith("approval.repeated: ", (await desk.RunAsync("approve", request.Id, "--digest", request.ShortDigest)).With(ExitCode.Refused).Error, StringComparison.Ordinal);
        Assert.False((await desk.ResumeAsync(request.Id)).Executed);
    }

    [Fact]
    public async Task A_rejection_needs_a_reason_reaches_the_model_and_is_final()
    {
        await using var desk = new WaitingDesk(approver: "role:no-such-group");
        ApprovalRequest request = await desk.AskAsync("price", """{"price":2}""");
        Assert.Contains("--reason", (await desk.RunAsync("reject", request.Id)).Refused(), StringComparison.Ordinal);
        Assert.Contains("The value of --reason has", (await desk.RunAsync("reject", request.Id, "--reason", " ")).Refused(), StringComparison.Ordinal);
        Assert.Equal($"REJECTED: price for clerk, as {Shown}.\n", (await desk.RunAsync("reject", request.Id, "--reason", "too dear")).With(ExitCode.Done).Out);
        Assert.Contains("too dear", (await desk.ResumeAsync(request.Id)).ToModelText(), StringComparison.Ordinal);
        foreach (string[] late in new[] { ["approve", request.Id, "--yes"], ["approve", request.Id], ["reject", request.Id, "--reason", "x"], new[] { "edit", request.Id, "--arguments", "{}" } })
        {
            Assert.Equal("approval.closed: The request has been decided, used or closed already.\n", (await desk.TypeAsync("y\n", late)).With(ExitCode.Refused).Error);
        }
    }

    [Fact]
    public async Task An_approval_that_was_not_used_can_be_taken_back()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        (await desk.RunAsync("approve", request.Id, "--yes")).With(ExitCode.Done);
        (await desk.RunAsync("reject", request.Id, "--reason", "on second thought")).With(ExitCode.Done);
        Assert.False((await desk.ResumeAsync(request.Id)).Executed);
    }

    [Fact]
    public async Task A_standing_approval_is_shown_before_it_is_given()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        CliRun run = (await desk.TypeAsync("y\n", "approve", request.Id, "--for", "01:00:00", "--uses", "5", "--where", """{"arg.amount":{"under":9}}""")).With(ExitCode.Done);
        const string terms = """for 01:00:00 up to 5 further calls of this tool, where {"arg.amount":{"under":9}}.""";
        Assert.Contains($"\nStanding approval: a yes also lets pass, {terms}\nApprove? [y/N] ", run.Out, StringComparison.Ordinal);
        StandingApprovalTerms kept = (await desk.FindAsync(request.Id)).Standing!;
        Assert.Equal((TimeSpan.FromHours(1), 5, """{"arg.amount":{"under":9}}"""), (kept.ValidFor, kept.Uses, kept.Where));
        Assert.Contains($"Standing: {terms}\n", (await desk.RunAsync("show", request.Id)).Out, StringComparison.Ordinal);

        ApprovalRequest price = await desk.AskAsync("price", """{"price":2}""");
        Assert.StartsWith("approval.not-standing: ", (await desk.RunAsync("approve", price.Id, "--digest", price.ShortDigest, "--for", "01:00:00", "--uses", "5")).With(ExitCode.Refused).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("A standing approval needs both", "--for", "01:00:00")]
    [InlineData("A standing approval needs both", "--uses", "5")]
    [InlineData("A standing approval needs both", "--where", "{}")]
    [InlineData("A standing approval needs both", "--for", "1h", "--uses", "5")]
    [InlineData("lasts more than zero and at most 30 days", "--for", "31.00:00:00", "--uses", "5")]
    [InlineData("good for 1 to 10,000 calls", "--for", "01:00:00", "--uses", "0")]
    [InlineData("isn't a JSON object", "--for", "01:00:00", "--uses", "5", "--where", "[]")]
    [InlineData("isn't the JSON that it should be", "--for", "01:00:00", "--uses", "5", "--where", "{")]
    public async Task Terms_that_are_none_are_refused_before_anything_is_decided(string part, params string[] terms)
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        Assert.Contains(part, (await desk.RunAsync(["approve", request.Id, "--yes", .. terms])).Refused(), StringComparison.Ordinal);
        Assert.Equal(ApprovalStatus.Pending, (await desk.FindAsync(request.Id)).Status);
    }

    [Fact]
    public async Task A_request_that_has_lapsed_says_so_without_a_question()
    {
        await using var desk = new WaitingDesk(medium: """, "expires": "00:15:00" """, age: TimeSpan.FromHours(1));
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        Assert.Contains("    status   expired, 0 of 1 approvals\n", (await desk.RunAsync("list", "--all")).Out, StringComparison.Ordinal);
        Assert.Equal("NO REQUESTS.\n", (await desk.RunAsync("list")).Out);
        CliRun run = (await desk.TypeAsync("y\n", "approve", request.Id)).With(ExitCode.Refused);
        Assert.Equal(("", "approval.expired: The approval did not come in time.\n"), (run.Out, run.Error));
    }

    [Fact]
    public async Task An_id_or_a_store_that_is_not_there_is_a_sentence()
    {
        await using var desk = new WaitingDesk();
        foreach (string[] args in new[] { ["show", "x\u001by"], ["approve", "x\u001by", "--yes"], ["reject", "x\u001by", "--reason", "r"], new[] { "edit", "x\u001by", "--arguments", "{}" } })
        {
            string error = (await desk.RunAsync(args)).Refused();
            Assert.Contains("has no approval request 'x\\u001By'. 'guardrails approvals list --all --store ", error, StringComparison.Ordinal);
            Assert.StartsWith("There is no store '", (await CliRun.OfAsync(["approvals", .. args, "--store", desk.File + "x"])).Refused(), StringComparison.Ordinal);
        }

        Assert.False(File.Exists(desk.File + "x"));
    }

    [Fact]
    public async Task Nothing_that_a_request_or_a_person_says_steers_the_terminal_or_begins_a_line()
    {
        const string Steering = "\u001b[2J\nAPPROVED: all.\u202e\u05d0";
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("write", JsonSerializer.Serialize(new Dictionary<string, string> { ["text"] = Steering }), new Principal("i\u202e", "s\u05d0 \""));
        const string where = "{\"arg.text\":\n\"\u202e\u05d0\"}";
        CliRun[] runs =
        [
            await desk.TypeAsync("n\n", "approve", request.Id), await desk.RunAsync("approve", request.Id, "--digest", Steering),
            await desk.TypeAsync("y\n", "approve", request.Id, "--comment", Steering, "--for", "01:00:00", "--uses", "1", "--where", where),
            await desk.RunAsync("list"), await desk.RunAsync("list", "--json"), await desk.RunAsync("show", request.Id), await desk.RunAsync("show", request.Id, "--json"),
            await desk.RunAsync("reject", request.Id, "--reason", Steering), await desk.RunAsync("show", request.Id), await desk.RunAsync("show", request.Id, "--json"),
        ];
        foreach (CliRun run in runs)
        {
            Assert.DoesNotContain(run.Out + run.Error, static c => c != '\n' && (char.IsControl(c) || c is '\u202e' or '\u05d0'));
            Assert.DoesNotContain("\nAPPROVED: all", "\n" + run.Out + run.Error, StringComparison.Ordinal);
        }
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();
}
