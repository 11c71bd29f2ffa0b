using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary><c>guardrails grants</c>: a standing approval out of a review, listed and taken back.</summary>
public sealed class GrantTests
{
    [Fact]
    public async Task A_standing_approval_is_listed_and_taken_back_once()
    {
        await using var desk = new WaitingDesk();
        Assert.Equal("NO GRANTS.\n", (await ListAsync(desk)).With(ExitCode.Done).Out);
        ApprovalRequest request = await desk.AskAsync("refund", """{"amount":1}""");
        (await desk.RunAsync("approve", request.Id, "--yes", "--for", "01:00:00", "--uses", "3", "--where", """{"arg.amount":{"under":5}}""")).With(ExitCode.Done);

        string[] lines = (await ListAsync(desk)).With(ExitCode.Done).Lines;
        Assert.Equal(["IN FORCE: 1.", $"  - {request.Id}", "    kind     standing approval", "    tools    refund"], lines[..4]);
        Assert.Contains("    uses     0 of 3", lines);
        Assert.StartsWith("REVOKED: standing approval for refund, as ", (await RevokeAsync(desk, request.Id)).With(ExitCode.Done).Out, StringComparison.Ordinal);
        Assert.Contains("was over before: revoked by ", (await RevokeAsync(desk, request.Id)).With(ExitCode.Refused).Error, StringComparison.Ordinal);

        Assert.Equal("NO GRANTS.\n", (await ListAsync(desk)).With(ExitCode.Done).Out);
        using var json = JsonDocument.Parse((await ListAsync(desk, "--all", "--json")).With(ExitCode.Done).Out);
        JsonElement one = json.RootElement.GetProperty("grants").EnumerateArray().Single();
        Assert.Equal((request.Id, 3), (one.GetProperty("id").GetString(), one.GetProperty("most_uses").GetInt32()));
    }

    [Fact]
    public async Task A_grant_that_is_not_there_is_a_sentence()
    {
        await using var desk = new WaitingDesk();

        Assert.Contains("has no grant 'x'", (await RevokeAsync(desk, "x")).Refused(), StringComparison.Ordinal);
    }

    private static Task<CliRun> ListAsync(WaitingDesk desk, params string[] more) => CliRun.OfAsync(["grants", "list", "--store", desk.File, .. more]);

    private static Task<CliRun> RevokeAsync(WaitingDesk desk, string id) => CliRun.OfAsync("grants", "revoke", id, "--reason", "no more", "--store", desk.File);
}
