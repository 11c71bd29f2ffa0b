using System.Text.Json;

namespace ToolGuardrails.Tests.Paths;

/// <summary>A guard that a host adds denies what leads out of its folders, whatever the policy's text comparisons say.</summary>
public sealed class PathGuardTests : IDisposable
{
    private const string Policy = """
        { "version": 1, "name": "files",
          "tools": { "files.read": { "access": ["read"], "tier": "low" }, "files.move": { "access": ["read"], "tier": "low" }, "clock.now": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "maria@example.com", "tier": "low", "grants": [ { "id": "all", "tools": "*" } ] } } }
        """;

    private readonly LinkedFolders _folders = new();

    public void Dispose() => _folders.Dispose();

    [Fact]
    public async Task A_call_whose_paths_stay_below_the_folder_runs()
    {
        Assert.Equal("allowed", await CodeAsync("files.read", new() { ["path"] = _folders.At("sub", "file.txt") }));
        Assert.Equal("allowed", await CodeAsync("files.read", new() { ["paths"] = new[] { _folders.At("sub"), _folders.At("new.txt") }, ["path"] = null }));
        Assert.Equal("allowed", await CodeAsync("clock.now", []));
    }

    [Fact]
    public async Task A_call_with_a_path_that_leads_out_is_denied_wherever_the_path_stands()
    {
        _folders.Link("out", _folders.Outside);
        string link = _folders.At("out", "secret.txt");
        string good = _folders.At("sub");
        Assert.Equal("path.outside", await CodeAsync("files.read", new() { ["path"] = link }));
        Assert.Equal("path.outside", await CodeAsync("files.move", new() { ["path"] = good, ["destination"] = link }));
        Assert.Equal("path.outside", await CodeAsync("files.read", new() { ["paths"] = new[] { good, link } }));
    }

    [Fact]
    public async Task What_is_no_path_is_denied()
    {
        Assert.Equal("path.outside", await CodeAsync("files.read", new() { ["path"] = 1 }));
        Assert.Equal("path.outside", await CodeAsync("files.read", new() { ["path"] = JsonSerializer.SerializeToElement(new { of = _folders.At("sub") }) }));
        Assert.Equal("path.outside", await CodeAsync("files.read", new() { ["path"] = "sub/file.txt" }));
    }

    [Fact]
    public async Task A_call_without_any_of_the_arguments_is_denied()
    {
        Assert.Equal("path.missing", await CodeAsync("files.read", []));
        Assert.Equal("path.missing", await CodeAsync("files.read", new() { ["path"] = null }));
        Assert.Equal("path.missing", await CodeAsync("files.read", new() { ["PATH"] = _folders.At("sub") }));
    }

    [Fact]
    public void A_guard_that_looks_at_no_argument_is_refused() => Assert.Throws<ArgumentException>(() => new PathGuard("*", [], _folders.Boundary));

    private async Task<string> CodeAsync(string tool, Dictionary<string, object?> arguments)
    {
        await using GovernedHost host = GovernedHost.Start(Policy, o => o.Guards.Add(new PathGuard("files.*", ["path", "paths", "destination"], _folders.Boundary)));
        await using AgentSession session = host.Session();
        return (await session.EvaluateAsync(tool, ToolArguments.FromJson(JsonSerializer.Serialize(arguments)))).Code;
    }
}
