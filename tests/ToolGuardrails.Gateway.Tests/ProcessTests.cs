using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using ToolGuardrails.Cli.Mcp;

namespace ToolGuardrails.Gateway.Tests;

/// <summary>The server's process, and the gateway's.</summary>
[Trait("Speed", "slow")]
public sealed class ProcessTests : IDisposable
{
    private const string Policy = """{ "version": 1, "name": "p", "servers": { "s": {} } }""";

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_server_gets_what_it_needs_of_the_environment_and_nothing_else()
    {
        if (OperatingSystem.IsWindows())
        {
            return; // There is no sh.
        }

        Environment.SetEnvironmentVariable("GATEWAY_TEST_SECRET", "hunter2");
        Environment.SetEnvironmentVariable("GATEWAY_TEST_GIVEN", "given");
        var lines = new ConcurrentQueue<string>();
        var options = new McpUpstreamOptions { Command = "/bin/sh", Arguments = ["-c", "env >&2"], Environment = McpUpstreamOptions.AllowedEnvironment(["GATEWAY_TEST_GIVEN"]), Error = lines.Enqueue };
        await Assert.ThrowsAsync<InvalidOperationException>(() => McpUpstream.StartAsync(options));
        Assert.Contains("GATEWAY_TEST_GIVEN=given", lines);
        Assert.Contains(lines, static l => l.StartsWith("PATH=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, static l => l.Contains("hunter2", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_ignores_the_end_of_its_input_is_ended_with_the_gateway()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/usr/bin/setpriv"))
        {
            return; // Elsewhere the end of its input is all that it is told; docs/mcp.md says so.
        }

        string told = _folder.Combine("pid");
        File.WriteAllText(_folder.Combine("guardrails.json"), Policy);
        using Process gateway = Process.Start(new ProcessStartInfo("dotnet",
            ["exec", Path.Combine(AppContext.BaseDirectory, "ToolGuardrails.Cli.dll"), "mcp", "--policy", _folder.Combine("guardrails.json"), "--audit", _folder.Combine("audit"), "--keys", _folder.Combine("keys"), "--", "/bin/sh", "-c", $"trap '' TERM HUP INT; echo $$ > {told}.new; mv {told}.new {told}; exec sleep 600"])
        { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Until(() => File.Exists(told));
        int server = int.Parse(File.ReadAllText(told), CultureInfo.InvariantCulture);
        Assert.False(HasEnded(server));
        gateway.Kill();
        await gateway.WaitForExitAsync();
        Until(() => HasEnded(server));
    }

    [Theory]
    [InlineData(false, AuditAcknowledgement.Queued)]
    [InlineData(true, AuditAcknowledgement.Written)]
    public void Decisions_of_tier_low_are_waited_for_where_the_command_is_told_so(bool written, AuditAcknowledgement low)
    {
        var made = new GuardrailOptions();
        var options = new GatewayOptions { Policy = "guardrails.json", Audit = "audit", Agent = "clerk", IsWritten = written };
        OpenGateway.Fill(made, options, GuardrailPolicy.Parse(Policy), store: null);
        Assert.Equal((low, AuditAcknowledgement.Written), (made.Audit.Low, made.Audit.Medium));
    }

    // It may be left as a dead entry where nobody collects orphans.
    private static bool HasEnded(int process)
    {
        try
        {
            return File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].StartsWith('Z');
        }
        catch (IOException)
        {
            return true;
        }
    }

    // Between processes there is nothing else to wait for.
    private static void Until(Func<bool> holds)
    {
        var patience = Stopwatch.StartNew();
        while (!holds())
        {
            Assert.True(patience.Elapsed < TimeSpan.FromSeconds(60), "It doesn't come to hold.");
            Thread.Sleep(20);
        }
    }
}
