using System.Reflection;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Laws;

public sealed class Law_2_guards_judge_they_do_not_act
{
    [Fact]
    public void Nothing_a_guard_is_given_runs_changes_or_skips_the_tool()
    {
        foreach (Type given in new[] { typeof(ToolCall), typeof(ToolArguments), typeof(ToolInfo), typeof(SessionIdentity), typeof(Principal), typeof(ToolResult), typeof(Verdict), typeof(VerdictReason) })
        {
            PropertyInfo[] properties = given.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static);
            Assert.DoesNotContain(properties, static p => p.SetMethod is { IsPublic: true } set && !IsInitOnly(set));
            Assert.DoesNotContain(properties, static p => typeof(Delegate).IsAssignableFrom(p.PropertyType));
            Assert.Empty(given.GetFields(BindingFlags.Public | BindingFlags.Instance));
            Assert.DoesNotContain(
                given.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly),
                static m => m.Name.StartsWith("Set", StringComparison.Ordinal) || m.Name.StartsWith("Invoke", StringComparison.Ordinal) || m.Name.StartsWith("With", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task However_often_guards_are_asked_the_tool_runs_once()
    {
        int ran = 0;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Approver = Words.Approves();
            foreach (int _ in Enumerable.Range(0, 5))
            {
                o.Guards.Add(new FixedGuard(Verdict.Allow));
            }
        });

        await host.Session().InvokeAsync("prod.write", Words.Rows, (_, _) => new ValueTask<int>(++ran));

        Assert.Equal(1, ran);
        Assert.Single(await host.RecordsAsync(AuditRecordKind.Outcome));
    }

    [Fact]
    public async Task The_bytes_that_are_judged_shown_executed_and_recorded_are_the_same()
    {
        const string Json = """{ "text" : "caf\u00e9 \u202E", "id":"n1", "amount": 1.50 }""";
        var seen = new List<string>();
        ApprovalRequest? shown = null;
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o =>
        {
            o.Guards.Add(new LambdaGuard(call =>
            {
                seen.Add(Encoding.UTF8.GetString(call.Arguments.ToUtf8()));
                return Verdict.Allow;
            }));
            o.Approver = Words.Approves(request => shown = request);
        });

        await host.Session().InvokeAsync("notes.write", ToolArguments.FromJson(Json), (arguments, _) =>
        {
            seen.Add(Encoding.UTF8.GetString(arguments.ToUtf8()));
            return new ValueTask<string>("done");
        });

        string canonical = ToolArguments.FromJson(Json).ToCanonicalJson();
        Assert.Equal(3, seen.Count); // The guard, the guard again after the approval, the tool.
        Assert.All(seen, text => Assert.Equal(Json, text));
        Assert.Equal(canonical, Encoding.UTF8.GetString(shown!.Arguments.Span));
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(canonical, ToolArguments.FromJson(decision.ToJson().GetProperty("args")).ToCanonicalJson());
    }

    [Fact]
    public async Task What_a_guard_copies_out_is_a_copy()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard(call =>
        {
            byte[] copy = call.Arguments.ToUtf8();
            copy.AsSpan().Fill((byte)'x');
            return Verdict.Allow;
        })));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.read", Words.Note, static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));

        Assert.Equal("""{"id":"n1"}""", outcome.Value);
    }

    [Fact]
    public async Task A_guard_that_changes_the_element_it_came_from_changes_nothing()
    {
        var dictionary = new Dictionary<string, object?> { ["id"] = "n1" };
        await using GovernedHost host = GovernedHost.Start(Words.Clerk, o => o.Guards.Add(new LambdaGuard(_ =>
        {
            dictionary["id"] = "n2";
            dictionary["extra"] = JsonElement.Parse("1");
            return Verdict.Allow;
        })));

        ToolOutcome<string> outcome = await host.Session().InvokeAsync("notes.read", dictionary, static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));

        Assert.Equal("""{"id":"n1"}""", outcome.Value);
    }

    private static bool IsInitOnly(MethodInfo set) =>
        set.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));
}
