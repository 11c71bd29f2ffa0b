using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Changes, by name, of what an approval of a payment is bound to, and of what it isn't.</summary>
internal static class StaleFact
{
    /// <summary>The tenant of a payment that has one.</summary>
    public const string Tenant = "north";

    private static readonly string Definition = "sha256:" + new string('a', 64);

    private static readonly string Risky = Payments.With(
        "\"risks\": [",
        "\"risks\": [ { \"id\": \"any\", \"tools\": \"pay.out\", \"when\": { \"arg.amount\": { \"over\": 5 } }, \"tier\": \"high\", \"says\": \"pays much\" },");

    /// <summary>Whether only a host that starts anew can change this.</summary>
    public static bool IsOfTheHost(string what) => what is "the key" or "the tier, by a guard" or "what a guard asks";

    /// <summary>Sets what only a host that starts anew can change.</summary>
    public static void Configure(GuardrailOptions options, string what)
    {
        if (what == "the key")
        {
            options.Audit.CommitmentKey = Enumerable.Repeat((byte)7, 32).ToArray();
        }
        else if (what is "the tier, by a guard" or "what a guard asks")
        {
            options.Guards.Add(new FixedGuard(Verdict.RequireApproval(Words.Ask, what == "what a guard asks" ? RiskTier.Low : RiskTier.High)));
        }
    }

    /// <summary>The policy with the change, or as it was.</summary>
    public static string PolicyAfter(string what) => what switch
    {
        "a risk of the tool" => Payments.With("\"moves money\"", "\"moves a lot of money\""),
        "the approvers" => Payments.With("[\"subject\", \"role:sre\"]", "[\"subject\", \"role:sre\", \"role:lead\"]"),
        "the owner" => Payments.With("maria.ortiz@", "mona.ortiz@"),
        "the server" => Payments.With("\"server\": \"bank\", \"name\": \"pay_out\"", "\"server\": \"branch\", \"name\": \"pay_out\""),
        "a deny" => Payments.With("\"equals\": 13", "\"equals\": 10"),
        "the grant" => Payments.With("\"under\": 1000", "\"under\": 10"),
        "the tier, by the policy" => Risky,
        "the agent's tier" => Risky.Replace("\"owner\": \"maria.ortiz@example.com\", \"tier\": \"high\"", "\"owner\": \"maria.ortiz@example.com\", \"tier\": \"medium\"", StringComparison.Ordinal),
        "the tool is gone" => Payments.With("\"pay.out\":", "\"pay.in\":"),
        "the agent is gone" => Payments.With("\"clerk\":", "\"cashier\":"),
        "the other agent" => Payments.With("olu.ade@", "ola.ade@"),
        "the policy's name" => Payments.With("\"name\": \"payments\"", "\"name\": \"paying\""),
        "another tool" => Payments.With("\"desk.list\": {", "\"desk.list\": { \"labels\": [\"desk\"],"),
        _ => Payments.Policy,
    };

    /// <summary>Changes what neither the policy nor the options say.</summary>
    public static async Task ChangeAsync(Payments payments, GovernedHost host, string id, string what)
    {
        GuardrailPipeline pipeline = host.Pipeline;
        switch (what)
        {
            case "the definition":
                Assert.True(pipeline.ObserveDefinition(Payments.Out, Definition));
                break;
            case "the agent is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Agent("clerk"), Payments.Ben.Principal, "odd calls");
                break;
            case "the tool is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Tool(Payments.Out), Payments.Ben.Principal, "odd calls");
                break;
            case "the server is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Server("bank"), Payments.Ben.Principal, "odd calls");
                break;
            case "the tenant is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.Tenant(Tenant), Payments.Ben.Principal, "odd calls");
                break;
            case "others are suspended":
                foreach (SuspensionTarget other in (SuspensionTarget[])[SuspensionTarget.Agent("other"), SuspensionTarget.Tool(Payments.Wire), SuspensionTarget.Server("branch"), SuspensionTarget.Tenant("south")])
                {
                    await pipeline.SuspendAsync(other, Payments.Ben.Principal, "odd calls");
                }

                break;
            case "another tool's definition":
                Assert.True(pipeline.ObserveDefinition(Payments.Wire, Definition));
                break;
            case "everything is suspended":
                await pipeline.SuspendAsync(SuspensionTarget.All, Payments.Ben.Principal, "odd calls");
                break;
            case "the time":
                host.Time.Advance(TimeSpan.FromHours(4));
                break;
            case "the stored arguments":
                await AlterAsync(payments, id, "\\u0022amount\\u0022:10", "\\u0022amount\\u0022:11");
                break;
            case "the stored session":
                await AlterAsync(payments, id, "\"id\":\"s-1\"", "\"id\":\"s-2\"");
                break;
        }
    }

    /// <summary>Changes what is stored, as whoever can write to the store but doesn't have the key.</summary>
    public static Task AlterAsync(Payments payments, string id, string old, string replacement) => payments.AlterAsync(id, content =>
    {
        string escaped = content.Contains(old, StringComparison.Ordinal) ? old : old.Replace("\\u0022", "\\\"", StringComparison.Ordinal);
        Assert.Contains(escaped, content, StringComparison.Ordinal);
        return content.Replace(escaped, escaped == old ? replacement : replacement.Replace("\\u0022", "\\\"", StringComparison.Ordinal), StringComparison.Ordinal);
    });
}
