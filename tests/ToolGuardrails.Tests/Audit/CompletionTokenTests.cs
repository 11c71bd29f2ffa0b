using System.Buffers.Text;
using System.Text;

namespace ToolGuardrails.Tests.Audit;

public sealed class CompletionTokenTests
{
    private const string Alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

    [Fact]
    public async Task A_token_completes_its_call_in_another_pipeline_with_the_same_key()
    {
        string token = await TokenAsync();
        await using GovernedHost other = GovernedHost.Start(Policies.Clerk);
        Assert.True((await other.Pipeline.CompleteAsync(token, ToolResult.FromText("done"))).MayPass);
        AuditRecord outcome = Assert.Single(await other.RecordsAsync(AuditRecordKind.Outcome));
        Assert.Equal(("succeeded", "s-1", "notes.any", "done"), (outcome.Status, outcome.SessionId, outcome.Tool, outcome.GetString("result")));
    }

    [Fact]
    public async Task A_token_with_any_character_changed_says_what_it_said_or_is_refused()
    {
        string token = await TokenAsync();
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        for (int at = 0; at < token.Length; at++)
        {
            string changed = token[..at] + Alphabet[(Alphabet.IndexOf(token[at], StringComparison.Ordinal) + 17) % Alphabet.Length] + token[(at + 1)..];
            await AssertRefusedAsync(host, changed);
        }
    }

    [Fact]
    public async Task A_token_that_is_cut_joined_or_made_up_is_refused()
    {
        string token = await TokenAsync();
        string second = await TokenAsync();
        string[] parts = token.Split('.');
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        string high = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(parts[0])).Replace("\"tier\":1", "\"tier\":0", StringComparison.Ordinal);
        string[] bad =
        [
            "", ".", "a", "a.b", parts[0], parts[0] + ".", "." + parts[1], token[..^1], token[1..], token + "A", token + ".", parts[1] + "." + parts[0],
            parts[0] + "." + second.Split('.')[1], Base64Url.EncodeToString(Encoding.UTF8.GetBytes(high)) + "." + parts[1], new string('A', 100_000) + "." + parts[1], "é.é", "\0.\0",
        ];
        foreach (string text in bad)
        {
            await AssertRefusedAsync(host, text);
        }

        Assert.True((await host.Pipeline.CompleteAsync(token, ToolResult.None)).MayPass);
    }

    [Fact]
    public async Task A_token_of_another_key_is_refused()
    {
        string token = await TokenAsync();
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, static o => o.Audit.CommitmentKey = new byte[32]);
        await AssertRefusedAsync(host, token);
        Assert.Empty(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task A_token_shows_the_arguments_commitment_and_not_the_arguments()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        ToolAuthorization authorization = await host.Session().AuthorizeAsync("notes.any", ToolArguments.FromJson("""{"secret":"swordfish"}"""));
        string payload = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(authorization.Token!.Split('.')[0]));
        Assert.DoesNotContain("swordfish", payload, StringComparison.Ordinal);
        Assert.Contains((await host.RecordsAsync(AuditRecordKind.Decision))[0].GetString("args_c")!, payload, StringComparison.Ordinal);
    }

    private static async Task<string> TokenAsync()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        return (await host.Session(id: "s-1").AuthorizeAsync("notes.any", ToolArguments.Empty)).Token!;
    }

    private static async Task AssertRefusedAsync(GovernedHost host, string token)
    {
        ArgumentException refused = await Assert.ThrowsAsync<ArgumentException>(async () => await host.Pipeline.CompleteAsync(token, ToolResult.None));
        Assert.StartsWith("The token isn't one that this pipeline's key has authenticated", refused.Message, StringComparison.Ordinal);
    }
}
