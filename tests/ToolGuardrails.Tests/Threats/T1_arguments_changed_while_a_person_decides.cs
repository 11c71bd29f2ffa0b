using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

public abstract class T1_arguments_changed_while_a_person_decides(StoreKind kind) : EachStore(kind)
{
    private const string Judged = """{"id":"n1","text":"pay 10","amount":10}""";

    public static TheoryData<string> Holders() => ["dictionary", "nested node", "element", "disposed document", "bytes", "list of pairs"];

    [Theory]
    [MemberData(nameof(Holders))]
    public async Task What_runs_is_what_was_approved(string holder)
    {
        (ToolArguments arguments, Action change) = Propose(holder);
        string? shown = null;
        string? bound = null;
        string? ran = null;
        await using GovernedHost host = Stores.Host(Words.Clerk, o => o.Approver = Words.Approves(request =>
        {
            shown = Encoding.UTF8.GetString(request.Arguments.Span);
            bound = request.Digest;
            change();
        }));

        ToolOutcome<string> outcome = await host.Session(id: "s").InvokeAsync("notes.write", arguments, (a, _) =>
        {
            ran = a.ToCanonicalJson();
            return new ValueTask<string>("done");
        });

        string canonical = ToolArguments.FromJson(Judged).ToCanonicalJson();
        Assert.True(outcome.HasValue);
        Assert.Equal((canonical, canonical), (shown, ran));
        Assert.Equal(await DigestOfAsync(), bound);
        AuditRecord decision = Assert.Single(await host.RecordsAsync(AuditRecordKind.Decision));
        Assert.Equal(canonical, decision.ToJson().GetProperty("args").GetRawText());

        // With its space: a random id may hold four nines of its own.
        Assert.DoesNotContain("pay 9", decision.ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Holders))]
    public async Task What_is_resumed_is_what_was_stored(string holder)
    {
        (ToolArguments arguments, Action change) = Propose(holder);
        await using GovernedHost host = Stores.Host(Words.Clerk);
        string id = (await host.Session().InvokeAsync("notes.write", arguments, Words.Done)).PendingApproval!.Id;
        change();
        await host.Pipeline.Approvals.DecideAsync(id, Lead.Says((await host.Pipeline.Approvals.FindAsync(id))!));

        ToolOutcome<string> outcome = await host.Pipeline.ResumeAsync(id, static (a, _) => new ValueTask<string>(a.ToCanonicalJson()));

        Assert.Equal(ToolArguments.FromJson(Judged).ToCanonicalJson(), outcome.Value);
    }

    private static async Task<string> DigestOfAsync()
    {
        await using GovernedHost host = GovernedHost.Start(Words.Clerk);
        return (await host.Session(id: "s").InvokeAsync("notes.write", ToolArguments.FromJson(Judged), Words.Done)).PendingApproval!.Digest;
    }

    private static (ToolArguments Arguments, Action Change) Propose(string holder)
    {
        switch (holder)
        {
            case "dictionary":
                var dictionary = new Dictionary<string, object?> { ["id"] = "n1", ["text"] = "pay 10", ["amount"] = 10 };
                return (ToolArguments.FromDictionary(dictionary), () =>
                {
                    dictionary["text"] = "pay 9999";
                    dictionary["amount"] = 9999;
                }
                );
            case "nested node":
                var node = JsonNode.Parse("\"pay 10\"")!.AsValue();
                var outer = new Dictionary<string, object?> { ["id"] = "n1", ["text"] = node, ["amount"] = 10 };
                return (ToolArguments.FromDictionary(outer), () => outer["text"] = JsonValue.Create("pay 9999"));
            case "element":
                JsonElement element = JsonElement.Parse(Judged);
                return (element, () => element = JsonElement.Parse("""{"id":"n1","text":"pay 9999"}"""));
            case "disposed document":
                // A document over a buffer that is overwritten, as a pooled one would be.
                byte[] pooled = Encoding.UTF8.GetBytes(Judged);
                var document = JsonDocument.Parse(new ReadOnlySequence<byte>(pooled));
                return (document.RootElement, () =>
                {
                    pooled.AsSpan().Replace((byte)'1', (byte)'9');
                    document.Dispose();
                }
                );
            case "bytes":
                byte[] bytes = Encoding.UTF8.GetBytes(Judged);
                return (ToolArguments.FromUtf8(bytes), () => bytes.AsSpan().Replace((byte)'1', (byte)'9'));
            default:
                var pairs = new List<KeyValuePair<string, object?>> { new("id", "n1"), new("text", "pay 10"), new("amount", 10) };
                return (ToolArguments.FromDictionary(pairs), () => pairs[1] = new("text", "pay 9999"));
        }
    }
}

public sealed class T1_arguments_changed_while_a_person_decides_in_memory() : T1_arguments_changed_while_a_person_decides(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T1_arguments_changed_while_a_person_decides_on_sqlite() : T1_arguments_changed_while_a_person_decides(StoreKind.Sqlite);
