using ToolGuardrails;

namespace PolicyTests;

/// <summary>What the support desk's policy has to guarantee: one sentence for each control, and what shows that it holds.</summary>
internal static class SupportDeskControls
{
    private const string ToCustomer = """{"to":"ana.costa@customer.example","subject":"s","body":"b"}""";
    private static readonly Principal Dana = new("https://id.example", "dana");

    public static IReadOnlyDictionary<string, Action<PolicyCoverage>> All { get; } = new Dictionary<string, Action<PolicyCoverage>>
    {
        ["Tickets, orders and customers are read without asking"] = static p => Agent(p)
            .Can("messages.read", """{"ticket":42}""").Can("orders.list", """{"customer":"C-1001"}""").Can("customers.search", """{"text":"Ana"}"""),

        ["No customer is deleted by an agent"] = static p => Agent(p)
            .Cannot("customers.delete", """{"customer":"C-1001"}""", because: DecisionCodes.ScopeNoGrant),

        ["A refund up to 100 runs, and a larger one is confirmed by the person it is made for"] = static p => Agent(p)
            .Can("refunds.create", Refund(100)).NeedsApproval("refunds.create", Refund(100.01m), from: "subject", tier: RiskTier.Medium),

        ["A refund of 1,000 or more, in another currency, or that would charge the customer isn't made"] = static p => Agent(p)
            .NeedsApproval("refunds.create", Refund(999.99m)).Cannot("refunds.create", Refund(1000), because: DecisionCodes.ScopeNoGrant)
            .Cannot("refunds.create", Refund(5, "USD"), because: DecisionCodes.ScopeNoGrant)
            .Can("refunds.create", Refund(0.01m)).Cannot("refunds.create", Refund(0), because: DecisionCodes.ScopeDenied),

        ["Mail goes to one customer's address at a time, and only once a person has read it"] = static p => Agent(p)
            .NeedsApproval("mail.send", ToCustomer, from: "subject", tier: RiskTier.Medium)
            .Cannot("mail.send", ToCustomer.Replace("customer.example", "collector.example", StringComparison.Ordinal), because: DecisionCodes.ScopeNoGrant)
            .Cannot("mail.send", ToCustomer.Replace("\"to\":\"", "\"to\":\"a@collector.example, ", StringComparison.Ordinal), because: DecisionCodes.ScopeNoGrant),

        ["A price in the shop is changed with the catalogue owner's approval only"] = static p => Agent(p)
            .NeedsApproval("catalog.set_price", """{"sku":"LAMP-1","price":1}""", from: "role:catalog-owner", tier: RiskTier.High),

        ["The clerk works off small refunds and goodwill vouchers below 50, and nothing else"] = static p => p.For("refund-clerk").OnBehalfOf(Dana)
            .Can("refunds.create", Refund(20)).Cannot("refunds.create", Refund(1000), because: DecisionCodes.ScopeNoGrant)
            .Can("vouchers.create", Voucher(49)).Cannot("vouchers.create", Voucher(50), because: DecisionCodes.ScopeNoGrant)
            .Cannot("mail.send", ToCustomer, because: DecisionCodes.ScopeNoGrant).Cannot("customers.search", """{"text":"Ana"}""", because: DecisionCodes.ScopeNoGrant)
            .Cannot("catalog.set_price", """{"sku":"LAMP-1","price":1}"""),

        ["Under the support agent the clerk may only what both may"] = static p => p.For("refund-clerk").StartedBy("support-agent").OnBehalfOf(Dana)
            .Can("refunds.create", Refund(20)).Cannot("refunds.create", Refund(20, "USD"), because: DecisionCodes.ScopeNoGrant)
            .Cannot("vouchers.create", Voucher(20), because: DecisionCodes.ScopeNoGrant),
    };

    private static AgentUnderTest Agent(PolicyCoverage policy) => policy.For("support-agent").OnBehalfOf(Dana);

    private static string Refund(decimal amount, string currency = "EUR") =>
        FormattableString.Invariant($$"""{"order":7002,"customer":"C-1001","amount":{{amount}},"currency":"{{currency}}"}""");

    private static string Voucher(int amount) => FormattableString.Invariant($$"""{"customer":"C-1001","amount":{{amount}},"currency":"EUR"}""");
}
