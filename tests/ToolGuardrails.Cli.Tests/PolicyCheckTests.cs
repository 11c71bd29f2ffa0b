using System.Text.Json;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

public sealed class PolicyCheckTests : IDisposable
{
    private const string Broken = """{ "version": 1, "name": "p", "tools": { "t": { "acess": ["read"], "tier": "low" } }, "agents": { "a": { "tier": "low" } } }""";
    private readonly PolicyFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_policy_that_loads_ends_with_0_and_says_what_it_holds()
    {
        CliRun run = (await CliRun.OfAsync("policy", "check", _folder.File)).With(ExitCode.Done);
        PolicyLint[] lints = [.. GuardrailPolicy.LoadFile(_folder.File).Lint()];
        Assert.Equal(2, lints.Length);
        Assert.Equal(
            $"LOADS.\nPolicy: \"desk\"\nDigest: {_folder.Digest}\nTools:  2\nAgents: 2\nRules:  5 (2 denies, 2 grants, 1 risks)\nLints:  2\n" + string.Concat(lints.Select(static l => $"  - {l.Path}: {l.Message} ({l.Code})\n")), run.Out);
        Assert.Equal("", run.Error);
    }

    [Fact]
    public async Task A_policy_that_is_refused_ends_with_1_and_names_every_error()
    {
        CliRun run = (await CliRun.OfAsync("policy", "check", _folder.Keep("broken.json", Broken))).With(ExitCode.Refused);
        Assert.Equal(
            [
                "REFUSED: 3 errors found.",
                "  - $.tools['t']: The tool 't' has no 'access'; list what it does out of 'read', 'write', 'delete', 'execute' and 'send'.",
                "  - $.tools['t'].acess: There is an unknown member 'acess'; did you mean 'access'?",
                "  - $.agents['a']: The agent 'a' has no 'owner'; name the person who answers for it.",
            ],
            run.Lines);
    }

    [Fact]
    public async Task Text_that_is_not_json_or_not_utf8_is_a_policy_that_is_refused()
    {
        Assert.StartsWith("REFUSED: 1 error found.\n  - $: The text isn't valid JSON at line 1", (await CliRun.OfAsync("policy", "check", _folder.Keep("a.json", "{"))).With(ExitCode.Refused).Out, StringComparison.Ordinal);
        await File.WriteAllBytesAsync(_folder.Path("b.json"), [0x7B, 0xFF, 0x7D]);
        Assert.Equal("REFUSED: 1 error found.\n  - $: The text isn't valid UTF-8; save it as UTF-8.\n", (await CliRun.OfAsync("policy", "check", _folder.Path("b.json"))).With(ExitCode.Refused).Out);
    }

    [Fact]
    public async Task Json_says_the_same()
    {
        using var loads = JsonDocument.Parse((await CliRun.OfAsync("policy", "check", _folder.File, "--json")).With(ExitCode.Done).Lines.Single());
        Assert.StartsWith($$"""{"file":{{JsonSerializer.Serialize(_folder.File)}},"loads":true,"name":"desk","digest":"{{_folder.Digest}}","tools":2,"agents":2,"rules":5,"errors":[],"lints":[""", loads.RootElement.GetRawText(), StringComparison.Ordinal);
        Assert.Equal(GuardrailPolicy.LoadFile(_folder.File).Lint(), loads.RootElement.GetProperty("lints").EnumerateArray().Select(static l => new PolicyLint(l.GetProperty("code").GetString()!, l.GetProperty("path").GetString()!, l.GetProperty("message").GetString()!)));
        using var refused = JsonDocument.Parse((await CliRun.OfAsync("policy", "check", _folder.Keep("broken.json", Broken), "--json")).With(ExitCode.Refused).Lines.Single());
        Assert.False(refused.RootElement.GetProperty("loads").GetBoolean());
        Assert.All(new[] { "name", "digest", "tools", "agents", "rules" }, n => Assert.Equal(JsonValueKind.Null, refused.RootElement.GetProperty(n).ValueKind));
        Assert.Equal(
            [("$.tools['t']", "The tool 't' has no "), ("$.tools['t'].acess", "There is an unknown "), ("$.agents['a']", "The agent 'a' has no")],
            refused.RootElement.GetProperty("errors").EnumerateArray().Select(static e => (e.GetProperty("path").GetString(), e.GetProperty("message").GetString()![..20])));
    }

    [Fact]
    public async Task A_file_that_is_not_there_or_is_a_folder_ends_with_2()
    {
        foreach (string path in new[] { _folder.Path("nowhere.json"), _folder.Path("") })
        {
            Assert.Equal($"There is no policy file '{path}'. Give the path of a policy, such as guardrails.json.\n", (await CliRun.OfAsync("policy", "check", path)).Refused());
        }
    }

    [Fact]
    public async Task Nothing_that_a_policy_holds_steers_the_terminal()
    {
        const string Steering = "\\u001b[2J\\n\\u202eLOADS.";
        string[] outputs =
        [
            (await CliRun.OfAsync("policy", "check", _folder.Keep("a.json", $$"""{ "version": 1, "name": "{{Steering}}" }"""))).With(ExitCode.Done).Out,
            (await CliRun.OfAsync("policy", "check", _folder.Keep("b.json", $$"""{ "version": 1, "name": "p", "tools": { "{{Steering}}": {} }, "{{Steering}}": 1 }"""))).With(ExitCode.Refused).Out,
        ];
        foreach (string output in outputs)
        {
            Assert.DoesNotContain(output, static c => c != '\n' && (char.IsControl(c) || c == '\u202e'));
            Assert.All(output.Split('\n')[1..], static l => Assert.False(l.StartsWith("LOADS", StringComparison.Ordinal)));
        }
    }
}
