namespace ToolGuardrails.Tests.Threats;

/// <summary>T33: what the policy hides of arguments and results is written down nowhere, in no form, however the call ends.</summary>
public sealed class T33_secrets_never_reach_a_record
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task No_secret_is_found_in_any_sink_or_log(int seed)
    {
        var canaries = new Canaries(seed);
        await using var host = new VaultHost(VaultPolicy.Json);
        await new VaultCalls(host, canaries).RunAsync();
        Assert.InRange(canaries.Placed.Count, 200, int.MaxValue);
        foreach ((string place, byte[] bytes) in await host.EndAsync())
        {
            Assert.True(place == "keys" || bytes.Length > 10_000, $"{place} holds {bytes.Length} bytes only");
            Assert.Empty(canaries.FoundIn(bytes).Select(f => $"{place}: {f.Core} of {f.Scenario}, seed {seed}"));
        }

        AuditLogReport report = await AuditLogVerifier.VerifyAsync(host.Directory);
        Assert.Empty(report.Damage);
        Assert.All(host.Records, static r => Assert.InRange(r.Line.Length, 2, 65_534));
    }

    // The same calls under the same policy without 'redact': the search finds what is there to be found.
    [Fact]
    public async Task Where_the_policy_hides_nothing_the_same_search_finds_them_everywhere()
    {
        var canaries = new Canaries(1);
        await using var host = new VaultHost(VaultPolicy.Clear);
        await new VaultCalls(host, canaries).RunAsync();
        IReadOnlyDictionary<string, byte[]> places = await host.EndAsync();
        foreach (string place in (string[])["log", "file", "memory", "logger"])
        {
            string[] found = [.. canaries.FoundIn(places[place]).Select(static f => f.Scenario).Distinct()];
            Assert.Equal(canaries.Placed.Select(static p => p.Scenario).Distinct().Except(VaultCalls.NeverInClear).Order(StringComparer.Ordinal), found.Order(StringComparer.Ordinal));
        }
    }

    [Fact]
    public void The_search_finds_every_form()
    {
        var canaries = new Canaries(9) { Scenario = "x" };
        canaries.Number();
        byte[] core = System.Text.Encoding.UTF8.GetBytes(canaries.Placed[0].Core);
        byte[][] hiding = [core, System.Text.Encoding.Unicode.GetBytes(canaries.Placed[0].Core), .. Enumerable.Range(0, 6).Select(i => System.Text.Encoding.ASCII.GetBytes(Convert.ToBase64String([.. new byte[i], .. core, .. new byte[i]]))), System.Text.Encoding.ASCII.GetBytes(Convert.ToHexStringLower(core))];
        Assert.All(hiding, h => Assert.Single(canaries.FoundIn([1, 2, 3, .. h, 4])));
        Assert.Empty(canaries.FoundIn(core[..^1]));
    }

    [Fact]
    public async Task What_a_failing_tool_says_is_its_hosts_alone()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        InvalidOperationException thrown = await Assert.ThrowsAsync<InvalidOperationException>(async () =>
            await host.Session().InvokeAsync("notes.any", ToolArguments.Empty, static ValueTask (_, _) => throw new InvalidOperationException("swordfish")));
        Assert.Equal("swordfish", thrown.Message);
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        Assert.All(records, static r => Assert.DoesNotContain("swordfish", r.ToString(), StringComparison.Ordinal));
        Assert.Equal("InvalidOperationException", Assert.Single(records, static r => r.Kind == AuditRecordKind.Outcome).GetString("error"));
    }
}
