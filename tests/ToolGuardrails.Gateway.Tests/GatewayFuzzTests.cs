using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ToolGuardrails.Gateway.Tests;

/// <summary>Whatever client and server send, in whatever order: nothing has reached the server without exactly one decision that allows it, recorded before.</summary>
public sealed class GatewayFuzzTests
{
    private const string Sentinel = "sentinel";

    // MARK is one of its own for each line, ID one of a few, so that they meet.
    private static readonly string[] FromClient =
    [
        """{"jsonrpc":"2.0","id":ID,"method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"},"_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"},"_meta":{"claudecode/toolUseId":"MARK","progressToken":ID}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK","N":"other"},"_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"echo","arguments":{"n":"x","n":"MARK"},"_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"mail","arguments":{"n":"MARK"},"inputResponses":{"toolguardrails.approval":{"action":"accept","content":{"approve":true}}},"requestState":"x","_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"spare","arguments":{"n":"MARK"},"_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"wipe","arguments":{"n":"MARK"},"_meta":{"claudecode/toolUseId":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"ECHO","arguments":{"n":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"arguments":{"n":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/call"}""",
        """{"jsonrpc":"2.0","method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"}}}""",
        """[{"jsonrpc":"2.0","id":"MARK","method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"}}}]""",
        """{"jsonrpc":"2.0","id":"MARK","method":"tools/list"}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"resources/read","params":{"uri":"file:///etc/passwd"}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"completion/complete","params":{}}""",
        """{"jsonrpc":"2.0","id":"MARK","method":"no/such","params":{"n":"MARK"}}""",
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":ID}}""",
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":"x"}""",
        """{"jsonrpc":"2.0","id":ID,"result":{"n":"MARK"}}""",
        """{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"}}}""",
        "{", "null", "\"tools/call\"", "{}", "\ufeff{}", "",
    ];

    private static readonly string[] FromServer =
    [
        """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""",
        """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":ID,"progress":1}}""",
        """{"jsonrpc":"2.0","id":"call-1","result":{"content":[]}}""",
        """{"jsonrpc":"2.0","id":ID,"method":"sampling/createMessage","params":{"messages":[],"maxTokens":1}}""",
        """{"jsonrpc":"2.0","id":ID,"method":"tools/call","params":{"name":"echo","arguments":{"n":"MARK"}}}""",
        """{"jsonrpc":"2.0","id":ID,"error":{"code":1,"message":"MARK"}}""",
        "{", "nonsense", "null",
    ];

    [Fact]
    [Trait("Speed", "slow")]
    public void Nothing_reaches_the_server_without_exactly_one_decision_that_was_recorded_before()
    {
        int reached = 0;
        Gen<Step> step = from kind in Gen.Choose(0, 9)
                         from line in Gen.Choose(0, 999)
                         from id in Gen.Choose(1, 4)
                         select new Step(kind, line, id);
        Prop.ForAll(step.ArrayOf(60).ToArbitrary(), steps => Interlocked.Add(ref reached, RunAsync(steps).GetAwaiter().GetResult()))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(40).WithReplay(new Replay(new Rnd(20261128), FSharpOption<int>.None)));
        Assert.True(reached > 200, $"Only {reached} calls reached the server, so this shows little.");
    }

    private static async Task<int> RunAsync(Step[] steps)
    {
        var violations = new ConcurrentQueue<string>();
        var seen = new ConcurrentDictionary<string, int>();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // Calls of an id of their own are never cancelled, so they get through whatever comes around them.
        var awaited = new ConcurrentDictionary<string, byte>(steps.Index().Where(static s => LineOf(s.Item) == FromClient[1]).Select(static s => KeyValuePair.Create($"m-{s.Index}", (byte)0))) { [Sentinel] = 0 };
        OpenedGateway? open = null;
        int behaviour = 0;
        var server = new ScriptedServer
        {
            OnCall = async (server, call) =>
            {
                string mark = call["params"]!["arguments"]!["n"]!.GetValue<string>();
                int allowed = open!.Sink.Records.Count(r => r.Kind == AuditRecordKind.Decision && r.Effect == "allow" && r.ToString().Contains($"\"{mark}\"", StringComparison.Ordinal));
                if (allowed != 1 || seen.AddOrUpdate(mark, 1, static (_, n) => n + 1) != 1)
                {
                    violations.Enqueue($"{call.ToJsonString()} reached the server on {allowed} decisions");
                }

                if (awaited.TryRemove(mark, out _) && awaited.IsEmpty)
                {
                    over.TrySetResult();
                }

                await ((Interlocked.Increment(ref behaviour) % 5) switch
                {
                    0 when mark != Sentinel => Task.CompletedTask,
                    1 => Task.WhenAll(server.AnswerAsync(call, "ran"), server.AnswerAsync(call, "again")),
                    2 => server.WriteAsync($$"""{"jsonrpc":"2.0","id":{{call["id"]!.ToJsonString()}},"error":{"code":-1,"message":"no"} }"""),
                    _ => server.AnswerAsync(call, "ran"),
                });
            },
        };
        await using OpenedGateway gateway = open = await OpenedGateway.OpenAsync(server, connects: false);
        await gateway.WriteAsync("""{"jsonrpc":"2.0","id":"init","method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"raw","version":"1"}}}""");
        await gateway.WriteAsync("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");

        // A definition that is seen for the first time has calls that are being decided judged anew, so all of them are seen before.
        await gateway.WriteAsync("""{"jsonrpc":"2.0","id":"listed","method":"tools/list"}""");
        using var reader = new StreamReader(gateway.FromGateway);
        while (await reader.ReadLineAsync() is { } line && !line.Contains("\"listed\"", StringComparison.Ordinal))
        {
        }

        Task draining = gateway.FromGateway.CopyToAsync(Stream.Null);
        for (int i = 0; i < steps.Length; i++)
        {
            string line = LineOf(steps[i]).Replace("MARK", $"m-{i}", StringComparison.Ordinal).Replace("ID", $"{steps[i].Id}", StringComparison.Ordinal);
            await (steps[i].IsFromServer ? server.WriteAsync(line) : gateway.WriteAsync(line));
        }

        await gateway.WriteAsync($$$"""{"jsonrpc":"2.0","id":"last","method":"tools/call","params":{"name":"echo","arguments":{"n":"{{{Sentinel}}}"},"_meta":{"claudecode/toolUseId":"{{{Sentinel}}}"} } }""");
        await over.Task.WaitAsync(TimeSpan.FromSeconds(60));
        Assert.Empty(violations);
        Assert.DoesNotContain(server.Received, static m => ScriptedServer.Method(m) is "resources/read" or "completion/complete" or "no/such");
        AuditRecord[] decisions = [.. gateway.Sink.Records.Where(static r => r.Kind == AuditRecordKind.Decision)];
        Assert.Equal(decisions.Length, decisions.Select(static d => d.CallId).Distinct().Count());
        _ = draining;
        return seen.Count;
    }

    private static string LineOf(Step step)
    {
        string[] lines = step.IsFromServer ? FromServer : step.Kind < 3 ? FromClient[..2] : FromClient;
        return lines[step.Line % lines.Length];
    }

    private sealed record Step(int Kind, int Line, int Id)
    {
        public bool IsFromServer => Kind >= 8;
    }
}
