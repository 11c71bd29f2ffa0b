using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace ToolGuardrails.Tests.Hooks;

/// <summary>Whatever comes in whatever order: nothing goes on without exactly one decision that allows it, written before.</summary>
[Trait("Speed", "slow")]
public sealed class FuzzTests
{
    private static readonly string[] Tools = ["Read", "read", "Edit", "Bash", "Deploy", "Search", "mcp__notes__add", "mcp__notes__add__", "", "unknown:Read", "../Read", "Read\\u0000", "\\ud800", "nötig"];
    private static readonly string[] Inputs = ["{}", "[]", "null", "\"{}\"", "{\"a\":1,\"a\":2}", "{\"file_path\":\"/work/src/a\",\"new_string\":\"x\"}", "{\"file_path\":\"/work/src/../b\",\"new_string\":\"x\"}", "{\"a\":{\"b\":[1,{\"c\":\"\\u202e\"}]}}", "{\"n\":1e999}"];
    private static readonly string[] Names = ["PreToolUse", "PreToolUse", "PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "UserPromptSubmit", "Stop", "Nothing", ""];
    private static readonly string[] Ids = ["a", "b", "a/../b", "\\n", "{}"];

    [Fact]
    public async Task Nothing_goes_on_without_exactly_one_decision_that_allows_it()
    {
        using var desk = new HookFolder();
        int before = 0;
        foreach (Told told in Gen.Sample(Events, 200))
        {
            HookRun run = await desk.RunAsync(told.Text, told.Permits ? ["--allow"] : []);
            Assert.Contains(run.Code, (int[])[0, 2]);
            Assert.True(run.Bytes.Length == 0 || (run.Bytes[^1] == (byte)'\n' && JsonElement.Parse(run.Out).ValueKind == JsonValueKind.Object), run.Out);
            int allowed = desk.Allowed;
            bool mayRun = run.LetsGoOn && told.Name == "PreToolUse";
            Assert.True(allowed - before == (mayRun ? 1 : 0), $"{told.Text}\n{run.Out}");
            if (run.LetsGoOn && run.Out.Contains("\"allow\"", StringComparison.Ordinal))
            {
                Assert.True(allowed > 0, told.Text);
            }

            before = allowed;
        }

        Assert.True(before > 0, "Nothing was allowed, so nothing was tested.");
        Assert.InRange(desk.Records("outcome").Count, 0, before);
        Assert.Equal(desk.Records("outcome").Count, desk.Records("outcome").Select(static r => r.GetProperty("call").GetString()).Distinct().Count());
        Assert.Empty((await AuditLogVerifier.VerifyAsync(desk.Audit)).Damage);
    }

    private static Gen<Told> Events =>
        from name in Gen.Elements(Names)
        from tool in Gen.Elements(Tools)
        from input in Gen.Elements(Inputs)
        from session in Gen.Elements(Ids)
        from use in Gen.Elements(Ids)
        from more in Gen.Elements("", ",\"agent_id\":\"x\"", ",\"mcp_server\":{\"name\":\"notes\",\"source\":\"user\"}", ",\"tool_name\":\"Read\"", ",\"stop_hook_active\":true", ",\"tool_response\":{\"title\":1}")
        from cut in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 40)))
        from permits in Gen.Elements(true, false)
        select new Told(name, Cut(HookFolder.Event(name, $"\"tool_name\":\"{tool}\",\"tool_input\":{input},\"tool_use_id\":\"{use}\",\"prompt\":\"p\"{more}", session), cut), permits);

    private static string Cut(string text, int cut) => text[..^cut];

    private sealed record Told(string Name, string Text, bool Permits);
}
