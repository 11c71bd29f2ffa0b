using System.Text;

namespace ToolGuardrails.Tests.Approval;

/// <summary>A request like the sample's refund; each test changes the one thing it is about.</summary>
internal sealed record SampleRequest
{
    public static readonly Principal Customer = new("https://id.example.com", "u-17");

    public static readonly Principal Lead = new("https://id.example.com", "lead-1");

    public string ArgumentsJson { get; init; } = """{"amount":250.00,"note":"late parcel","order":"A-1001"}""";

    public RiskTier Tier { get; init; } = RiskTier.Medium;

    public ApprovalGate Gate { get; init; } = ApprovalGate.Review;

    public string[] Approvers { get; init; } = ["subject"];

    public string[] Why { get; init; } = ["The refund is over 100."];

    public Principal? Subject { get; init; } = Customer;

    public SessionIdentity? Parent { get; init; }

    public string Tool { get; init; } = "refunds.create";

    public string? UseCase { get; init; } = "answers customers";

    public ApprovalRequest Build() => new()
    {
        Id = "req-1",
        CallId = "call-1",
        Digest = "0a1b2c3d" + new string('e', 56),
        Tool = new ToolInfo
        {
            Id = Tool,
            Server = "shop",
            Name = "create_refund",
            Access = ToolAccess.Write | ToolAccess.Send,
            Tier = RiskTier.Low,
            Touches = ["the customer's balance"],
        },
        Session = new SessionIdentity("s-1", "support-agent", Subject, "acme", Parent),
        Owner = "maria.ortiz@example.com",
        UseCase = UseCase,
        Arguments = Encoding.UTF8.GetBytes(ToolArguments.FromJson(ArgumentsJson).ToCanonicalJson()),
        Tier = Tier,
        Gate = Gate,
        Why = Why,
        Approvers = Approvers,
        PolicyDigest = "sha256:" + new string('0', 64),
        RequestedAt = new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero),
        ExpiresAt = new DateTimeOffset(2026, 1, 5, 15, 0, 0, TimeSpan.FromHours(2)),
        Lifetime = TimeSpan.FromHours(4),
    };
}
