using System.Text;

namespace ToolGuardrails.Tests.Approval;

/// <summary>A request like the sample's refund; each test changes the one thing it is about.</summary>
internal sealed record SampleRequest
{
    private static readonly ArgumentLimits Wide = new(MaxBytes: 16 << 20, MaxDepth: 64);

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

    public string Id { get; init; } = "req-1";

    public string Server { get; init; } = "shop";

    public string WireName { get; init; } = "create_refund";

    public string Touches { get; init; } = "the customer's balance";

    public string SessionId { get; init; } = "s-1";

    public string Agent { get; init; } = "support-agent";

    public string? Tenant { get; init; } = "acme";

    public string Owner { get; init; } = "maria.ortiz@example.com";

    public int Quorum { get; init; } = 1;

    public bool NeedsComment { get; init; }

    public ApprovalEscalation? Escalation { get; init; }

    /// <summary>The arguments of the last approved call; null where there is none.</summary>
    public string? LastJson { get; init; }

    public string LastId { get; init; } = "req-0";

    public RequestedElevation? Elevation { get; init; }

    public Principal? EditedBy { get; init; }

    public string[][] Hidden { get; init; } = [];

    public ApprovalRequest Build() => new()
    {
        Id = Id,
        CallId = "call-1",
        Digest = "0a1b2c3d" + new string('e', 56),
        Tool = new ToolInfo
        {
            Id = Tool,
            Server = Server,
            Name = WireName,
            Access = ToolAccess.Write | ToolAccess.Send,
            Tier = RiskTier.Low,
            Touches = [Touches],
        },
        Session = new SessionIdentity(SessionId, Agent, Subject, Tenant, Parent),
        Owner = Owner,
        UseCase = UseCase,
        Arguments = Canonical(ArgumentsJson),
        Tier = Tier,
        Gate = Gate,
        Why = Why,
        Approvers = Approvers,
        Quorum = Quorum,
        NeedsComment = NeedsComment,
        Escalation = Escalation,
        LastApproved = LastJson is null ? null : new ApprovedCall(LastId, new DateTimeOffset(2026, 1, 2, 17, 30, 5, TimeSpan.FromHours(1)), Canonical(LastJson)),
        Elevation = Elevation,
        EditedBy = EditedBy,
        HiddenPaths = Hidden,
        PolicyDigest = "sha256:" + new string('0', 64),
        RequestedAt = new DateTimeOffset(2026, 1, 5, 9, 0, 0, TimeSpan.Zero),
        ExpiresAt = new DateTimeOffset(2026, 1, 5, 15, 0, 0, TimeSpan.FromHours(2)),
        Lifetime = TimeSpan.FromHours(4),
    };

    private static byte[] Canonical(string json) => Encoding.UTF8.GetBytes(ToolArguments.FromJson(json, Wide).ToCanonicalJson());
}
