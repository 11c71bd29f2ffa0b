using ToolGuardrails.Approval;

namespace ToolGuardrails.Tests.Approval;

public sealed class ApproverRulesTests
{
    private const string LeadEntry = "user:https://id.example.com|lead-1";

    private static readonly SampleRequest Review = new();

    private static readonly SampleRequest PerCall = new() { Tier = RiskTier.High, Gate = ApprovalGate.PerCall, Approvers = ["role:sre"] };

    private static readonly ApproverIdentity Sre = new(SampleRequest.Lead, ["sre"]);

    private static readonly string ShortDigest = Review.Build().ShortDigest;

    [Fact]
    public void An_answer_other_than_yes_is_not_checked()
    {
        Assert.Null(Check(PerCall with { Approvers = [] }, ApprovalResponse.Reject()));
        Assert.Null(Check(PerCall with { Approvers = [] }, ApprovalResponse.Defer()));
        Assert.Null(Check(PerCall with { Approvers = [] }, default));
    }

    [Theory]
    [InlineData(ApprovalGate.Review, RiskTier.Medium)]
    [InlineData(ApprovalGate.PerCall, RiskTier.High)]
    public void A_policy_that_names_nobody_has_nobody_who_could_approve(ApprovalGate gate, RiskTier tier)
    {
        SampleRequest request = Review with { Gate = gate, Tier = tier, Approvers = [] };

        Assert.Same(Reasons.ApprovalNobody, Check(request, ApprovalResponse.ApproveUnproven()));
        Assert.Same(Reasons.ApprovalNobody, Check(request, ApprovalResponse.Approve(Sre, ShortDigest)));
    }

    [Theory]
    [InlineData(ApprovalGate.PerCall, RiskTier.High)]
    [InlineData(ApprovalGate.PerCall, RiskTier.Medium)]
    [InlineData(ApprovalGate.PerCall, RiskTier.Low)]
    [InlineData(ApprovalGate.Unspecified, RiskTier.Low)]
    [InlineData(ApprovalGate.None, RiskTier.Low)]
    [InlineData(ApprovalGate.Review, RiskTier.High)]
    [InlineData(ApprovalGate.Review, RiskTier.Unclassified)]
    [InlineData((ApprovalGate)9, RiskTier.Medium)]
    public void Per_call_high_and_whatever_is_unspecified_needs_a_proven_person_and_the_typed_digest(ApprovalGate gate, RiskTier tier)
    {
        SampleRequest request = PerCall with { Gate = gate, Tier = tier, Approvers = ["subject", "role:sre"] };

        Assert.Same(Reasons.ApprovalNotAllowed, Check(request, ApprovalResponse.ApproveUnproven()));
        Assert.Same(Reasons.ApprovalNotConfirmed, Check(request, ApprovalResponse.Approve(Sre)));
        Assert.Null(Check(request, ApprovalResponse.Approve(Sre, ShortDigest)));
    }

    [Theory]
    [InlineData("0a1b2c3d", true)]
    [InlineData(" 0A1B2C3D\t", true)]
    [InlineData("0a1b2c3", false)]
    [InlineData("0a1b2c3de", false)]
    [InlineData("0a1b2c3e", false)]
    [InlineData("", false)]
    [InlineData("yes", false)]
    [InlineData("０a1b2c3d", false)]
    public void The_short_digest_is_typed_in_full_in_either_case(string typed, bool counts) =>
        Assert.Same(counts ? null : Reasons.ApprovalNotConfirmed, Check(PerCall, ApprovalResponse.Approve(Sre, typed)));

    [Fact]
    public void The_person_a_per_call_request_is_made_for_never_approves_it_even_where_listed()
    {
        SampleRequest request = PerCall with { Approvers = ["subject", "role:sre", "user:https://id.example.com|u-17"] };

        Assert.Same(Reasons.ApprovalNotAllowed, Check(request, ApprovalResponse.Approve(new(SampleRequest.Customer, ["sre"]), ShortDigest)));
    }

    [Fact]
    public void The_person_an_ancestor_acts_for_never_approves_a_per_call_request()
    {
        var root = new SessionIdentity("s-0", "front-desk", SampleRequest.Lead, tenant: null, parent: null);
        var middle = new SessionIdentity("s-m", "middle", SampleRequest.Customer, tenant: null, root);

        Assert.Same(Reasons.ApprovalNotAllowed, Check(PerCall with { Parent = middle }, ApprovalResponse.Approve(Sre, ShortDigest)));
    }

    [Theory]
    [InlineData(ApprovalGate.PerCall, RiskTier.High)]
    [InlineData(ApprovalGate.Review, RiskTier.Medium)]
    public void An_agent_never_approves_even_where_listed(ApprovalGate gate, RiskTier tier)
    {
        SampleRequest request = Review with { Gate = gate, Tier = tier, Approvers = ["subject", "role:sre", "user:agent|support-agent", "user:agent|other-agent"] };

        foreach (string agent in new[] { "support-agent", "other-agent" })
        {
            Assert.Same(Reasons.ApprovalNotAllowed, Check(request, ApprovalResponse.Approve(new(Principal.ForAgent(agent), ["sre"]), ShortDigest)));
        }
    }

    [Theory]
    [InlineData("role:sre", true)]
    [InlineData(LeadEntry, true)]
    [InlineData("role:SRE", false)]
    [InlineData("role:sr", false)]
    [InlineData("role:sre ", false)]
    [InlineData("sre", false)]
    [InlineData("subject", false)]
    [InlineData("user:lead-1", false)]
    [InlineData("user:https://ID.example.com|lead-1", false)]
    [InlineData("user:https://id.example.com|lead-12", false)]
    public void A_proven_person_counts_only_by_an_exact_entry(string entry, bool counts)
    {
        VerdictReason? expected = counts ? null : Reasons.ApprovalNotAllowed;

        Assert.Same(expected, Check(PerCall with { Approvers = [entry] }, ApprovalResponse.Approve(Sre, ShortDigest)));
        Assert.Same(expected, Check(Review with { Approvers = [entry] }, ApprovalResponse.Approve(Sre)));
    }

    [Fact]
    public void A_set_of_roles_that_ignores_case_does_not_widen_the_policy()
    {
        var by = new ApproverIdentity(SampleRequest.Lead, new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "SRE" });

        Assert.Same(Reasons.ApprovalNotAllowed, Check(PerCall, ApprovalResponse.Approve(by, ShortDigest)));
    }

    [Fact]
    public void A_role_cannot_be_named_so_that_it_passes_for_a_user()
    {
        var by = new ApproverIdentity(new Principal("https://evil.example", "x"), [LeadEntry, "user:https://id.example.com|lead-1", "subject"]);

        Assert.Same(Reasons.ApprovalNotAllowed, Check(PerCall with { Approvers = [LeadEntry, "subject"] }, ApprovalResponse.Approve(by, ShortDigest)));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Approvers = [LeadEntry, "subject"] }, ApprovalResponse.Approve(by)));
    }

    [Fact]
    public void An_unproven_yes_counts_as_the_subject_where_the_policy_lists_it()
    {
        Assert.Null(Check(Review, ApprovalResponse.ApproveUnproven()));
        Assert.Null(Check(Review with { Tier = RiskTier.Low }, ApprovalResponse.ApproveUnproven()));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Approvers = ["role:sre"] }, ApprovalResponse.ApproveUnproven()));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Approvers = ["Subject"] }, ApprovalResponse.ApproveUnproven()));
    }

    [Fact]
    public void An_unproven_yes_counts_for_nobody_where_the_session_has_no_person()
    {
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Subject = null }, ApprovalResponse.ApproveUnproven()));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Subject = Principal.ForAgent("boss") }, ApprovalResponse.ApproveUnproven()));
    }

    [Fact]
    public void The_proven_subject_reviews_its_own_call_only_where_subject_is_listed()
    {
        var self = ApprovalResponse.Approve(new ApproverIdentity(SampleRequest.Customer, ["sre"]));

        Assert.Null(Check(Review, self));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review with { Approvers = ["role:sre", "user:https://id.example.com|u-17"] }, self));
    }

    [Fact]
    public void Another_proven_person_reviews_by_role_or_name_and_needs_no_digest()
    {
        Assert.Null(Check(Review with { Approvers = ["subject", "role:sre"] }, ApprovalResponse.Approve(Sre)));
        Assert.Null(Check(Review with { Subject = null, Approvers = [LeadEntry] }, ApprovalResponse.Approve(Sre)));
        Assert.Same(Reasons.ApprovalNotAllowed, Check(Review, ApprovalResponse.Approve(Sre)));
    }

    private static VerdictReason? Check(SampleRequest request, ApprovalResponse response) => ApproverRules.Check(request.Build(), response, new DateTimeOffset(2026, 1, 5, 9, 1, 0, TimeSpan.Zero));
}
