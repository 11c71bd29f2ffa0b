using System.Globalization;
using System.Text;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Approving;

/// <summary>Payments, of which people review the small ones and approve every wire; the stores outlive the hosts.</summary>
internal sealed class Payments(Stores stores)
{
    public const string Out = "pay.out";
    public const string Wire = "pay.wire";

    public const string Policy = """
        {
          "version": 1, "name": "payments",
          "servers": { "bank": { "facts": { "environment": "test" } }, "branch": { "facts": { "environment": "test" } } },
          "tools": {
            "pay.out":  { "server": "bank", "name": "pay_out", "access": ["write"], "tier": "medium", "reversible": true, "arguments": { "to": "string", "amount": "integer" } },
            "pay.wire": { "server": "bank", "name": "wire", "access": ["write"], "tier": "medium", "facts": { "environment": "production" }, "arguments": { "to": "string", "amount": "integer" } },
            "desk.list": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": { "owner": "maria.ortiz@example.com", "tier": "high",
              "grants": [ { "id": "pay", "tools": "pay.*", "access": ["read", "write"], "where": { "arg.amount": { "under": 1000 } } } ] },
            "other": { "owner": "olu.ade@example.com", "tier": "low" }
          },
          "risks": [ { "id": "production-write", "tools": "pay.*", "when": { "ctx.environment": { "equals": "production" } }, "tier": "high", "says": "moves money" } ],
          "deny": [ { "id": "not-13", "tools": "pay.*", "where": { "arg.amount": { "equals": 13 } } } ],
          "tiers": {
            "medium": { "approval": "review", "approvers": ["subject", "role:sre"], "expires": "04:00:00" },
            "high": { "approval": "perCall", "approvers": ["role:sre", "user:https://id.example|lead"], "expires": "00:30:00" }
          }
        }
        """;

    public static readonly ApproverIdentity Dana = new(GovernedHost.Dana);
    public static readonly ApproverIdentity Ada = new(new Principal("https://id.example", "ada"), ["sre"]);
    public static readonly ApproverIdentity Ben = new(new Principal("https://id.example", "ben"), ["sre"]);

    /// <summary>Payments in memory.</summary>
    public Payments()
        : this(new Stores(StoreKind.Memory))
    {
    }

    public IApprovalStore Approvals => stores.Approvals;

    public IGrantStore Grants => stores.Grants;

    /// <summary>A payment's arguments.</summary>
    public static ToolArguments Pay(int amount) => ToolArguments.FromJson(Text(amount));

    /// <summary>A payment's arguments in canonical form.</summary>
    public static string Text(int amount) => string.Create(CultureInfo.InvariantCulture, $$"""{"amount":{{amount}},"to":"acme"}""");

    /// <summary>The policy with a part of its text changed, which has to be there.</summary>
    public static string With(string old, string replacement)
    {
        Assert.Contains(old, Policy, StringComparison.Ordinal);
        return Policy.Replace(old, replacement, StringComparison.Ordinal);
    }

    /// <summary>A host on these stores.</summary>
    public GovernedHost Host(Action<GuardrailOptions>? configure = null, string policy = Policy) => stores.Host(policy, configure);

    /// <summary>A payment that waits, asked for by a host that has ended since.</summary>
    public async Task<string> PendingAsync(string tool, int amount = 10, string policy = Policy, Action<GuardrailOptions>? configure = null)
    {
        await using GovernedHost host = Host(configure, policy);
        ToolOutcome<string> outcome = await host.Session(id: "s-1").InvokeAsync(tool, Pay(amount), Words.Done);
        Assert.Equal((Effect.RequireApproval, false), (outcome.Decision.Effect, outcome.Executed));
        return outcome.PendingApproval!.Id;
    }

    /// <summary>Changes what is stored of a request, as whoever can write to the store but doesn't have the key.</summary>
    public async Task AlterAsync(string id, Func<string, string> change)
    {
        StoredApproval kept = (await Approvals.FindAsync(id, default))!;
        Assert.True(await Approvals.TryReplaceAsync(
            new StoredApproval
            {
                Id = kept.Id,
                Digest = kept.Digest,
                Revision = kept.Revision + 1,
                IsOpen = kept.IsOpen,
                IsUnrecorded = kept.IsUnrecorded,
                Agent = kept.Agent,
                Tool = kept.Tool,
                Tenant = kept.Tenant,
                RequestedAt = kept.RequestedAt,
                ApprovedAt = kept.ApprovedAt,
                Content = Encoding.UTF8.GetBytes(change(Encoding.UTF8.GetString(kept.Content.Span))),
            },
            default));
    }

    /// <summary>What an answer to a request did: the code of its refusal, or null.</summary>
    public static async Task<string?> AnswerAsync(GovernedHost host, string id, ApprovalResponse response) => (await host.Pipeline.Approvals.DecideAsync(id, response))!.Refusal?.Code;

    /// <summary>A yes with what has to be typed.</summary>
    public static async Task<string?> ApproveAsync(GovernedHost host, string id, ApproverIdentity by, string? comment = null) =>
        await AnswerAsync(host, id, ApprovalResponse.Approve(by, (await host.Pipeline.Approvals.FindAsync(id))!.Request.ShortDigest, comment));

    /// <summary>Makes the call of a request; the tool returns what it was given.</summary>
    public static ValueTask<ToolOutcome<string>> ResumeAsync(GovernedHost host, string id) =>
        host.Pipeline.ResumeAsync(id, static (arguments, _) => new ValueTask<string>(arguments.ToCanonicalJson()));
}
