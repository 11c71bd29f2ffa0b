using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary><c>guardrails approvals edit</c>.</summary>
public sealed class EditedApprovalTests
{
    private static readonly string User = OperatingSystemUser.Principal.ToString();
    private static readonly string Shown = Visible.Word(User);

    [Fact]
    public async Task An_edit_is_another_call_with_the_editors_arguments()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":10,"note":"secret"}""");
        Assert.Equal($"EDITED: refund for clerk, as {Shown}.\n", (await desk.RunAsync("edit", request.Id, "--arguments", """{"amount":5,"note":"hush"}""", "--comment", "half")).With(ExitCode.Done).Out);
        CliRun shown = (await desk.RunAsync("show", request.Id)).With(ExitCode.Done);
        Assert.Contains("Status: edited, 0 of 1 approvals\n", shown.Out, StringComparison.Ordinal);
        Assert.Contains("Edited: other arguments, 26 bytes.", shown.Out, StringComparison.Ordinal);
        ToolOutcome<string> outcome = await desk.ResumeAsync(request.Id);
        Assert.Equal((true, """ran with {"amount":5,"note":"hush"}"""), (outcome.Executed, outcome.Value));
        foreach (CliRun run in new[] { shown, await desk.RunAsync("list", "--all"), await desk.RunAsync("list", "--all", "--json"), await desk.RunAsync("show", request.Id, "--json") })
        {
            Assert.DoesNotContain("hush", run.Out, StringComparison.Ordinal);
            Assert.DoesNotContain("secret", run.Out, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Edited_arguments_come_from_a_file_too_and_have_to_be_one_JSON_object()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":10}""");
        foreach (string wrong in new[] { "", "{", "[]", "{\"amount\":1,\"amount\":2}", "@" + desk.Keep("wrong.json", "5") })
        {
            Assert.Contains("The edited arguments are refused (arguments.", (await desk.RunAsync("edit", request.Id, "--arguments", wrong)).Refused(), StringComparison.Ordinal);
        }

        Assert.Contains("missing.json", (await desk.RunAsync("edit", request.Id, "--arguments", "@missing.json")).Refused(), StringComparison.Ordinal);
        (await desk.RunAsync("edit", request.Id, "--arguments", "@" + desk.Keep("right.json", "{ \"amount\": 5 }"))).With(ExitCode.Done);
        Assert.Equal("""ran with {"amount":5}""", (await desk.ResumeAsync(request.Id)).Value);
    }

    [Fact]
    public async Task Whoever_edits_a_call_of_tier_high_does_not_approve_it()
    {
        await using var desk = new WaitingDesk();
        ApprovalRequest request = await desk.AskAsync("price", """{"price":2}""");
        (await desk.RunAsync("edit", request.Id, "--arguments", """{"price":3}""")).With(ExitCode.Done);
        ApprovalRequest edited = (await desk.ResumeAsync(request.Id)).PendingApproval!;
        Assert.StartsWith("approval.not-allowed: ", (await desk.RunAsync("approve", edited.Id, "--digest", edited.ShortDigest)).With(ExitCode.Refused).Error, StringComparison.Ordinal);
    }
}
