using System.Text.Json;

namespace ToolGuardrails.Tests.Threats;

/// <summary>A line has at most 65,535 bytes, however much its fields grow when they are escaped; what is cut is cut between characters.</summary>
public sealed class RecordLengthTests
{
    // One byte each that becomes six, and one character that makes the whole value be escaped again.
    private static readonly string Growing = "é" + new string('<', 8_100);

    [Fact]
    public async Task A_deep_session_with_long_names_and_arguments_that_grow_still_fits_in_a_line()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        string longest = string.Concat(Enumerable.Repeat("\u200b", 256));
        AgentSession session = host.Pipeline.StartSession(longest, new Principal("https://id.example", string.Concat(Enumerable.Repeat("\u200b", 512))), longest, longest);
        for (int i = 0; i < 8; i++)
        {
            session = session.StartChild(longest, longest);
        }

        await session.InvokeAsync("notes.any", new Dictionary<string, object?> { ["text"] = Growing }, static (_, _) => ValueTask.CompletedTask);
        await session.RecordPromptAsync(Growing);
        Assert.All(await host.RecordsAsync(), static r => Assert.InRange(r.Line.Length, 2, HostileText.LongestLine));
    }

    [Fact]
    public async Task A_policy_with_long_texts_still_leaves_records_of_one_line()
    {
        string policy = Policies.Clerk.Replace("\"owner\": \"maria.ortiz@example.com\"", $"\"owner\": \"{new string('o', 40_000)}\"", StringComparison.Ordinal)
            .Replace("\"facts\": { \"environment\"", $"\"facts\": {{ \"long\": \"{new string('f', 40_000)}\", \"environment\"", StringComparison.Ordinal);
        await using GovernedHost host = GovernedHost.Start(policy);
        await host.Session().InvokeAsync("prod.write", ToolArguments.FromJson("""{"rows":1}"""), static (_, _) => ValueTask.CompletedTask);
        Assert.All(await host.RecordsAsync(), static r => Assert.InRange(r.Line.Length, 2, HostileText.LongestLine));
    }

    [Fact]
    public async Task Arguments_that_grow_in_an_ordinary_session_fit_in_a_line()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        foreach (string text in new[] { Growing, "é" + new string('"', 4_000), new string('\u200b', 2_700), new string('\u0001', 1_300), string.Concat(Enumerable.Repeat("\U000e0041", 2_000)) })
        {
            await session.InvokeAsync("notes.any", new Dictionary<string, object?> { ["text"] = text }, (_, _) => ValueTask.FromResult(text));
            await session.RecordPromptAsync(text);
        }

        Assert.All(await host.RecordsAsync(), HostileText.AssertSafeLine);
    }

    [Fact]
    public async Task A_payload_beyond_the_limit_is_recorded_by_its_size_and_commitment()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        await host.Session().InvokeAsync("notes.any", new Dictionary<string, object?> { ["text"] = new string('x', 100_000) }, static (_, _) => ValueTask.FromResult(new string('y', 100_000)));
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        AuditRecord decision = records.Single(static r => r.Kind == AuditRecordKind.Decision);
        Assert.Equal(100_011, decision.ToJson().GetProperty("args_bytes").GetInt32());
        Assert.False(decision.ToJson().TryGetProperty("args", out _));
        Assert.Equal(43, decision.GetString("args_c")!.Length);
        Assert.Equal(43, records.Single(static r => r.Kind == AuditRecordKind.Outcome).GetString("result_c")!.Length);
    }

    // fails: CallRecords.Clip cuts between the two halves of a surrogate pair, and the half becomes U+FFFD.
    [Fact]
    public async Task A_text_that_is_cut_is_cut_between_characters()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        await host.Session().InvokeAsync("x" + string.Concat(Enumerable.Repeat("\U0001f600", 200)), ToolArguments.Empty, static (_, _) => ValueTask.CompletedTask);
        AuditRecord record = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.DoesNotContain('\ufffd', record.Tool!);
        Assert.Contains("(401 characters)", record.Tool, StringComparison.Ordinal);
    }
}
