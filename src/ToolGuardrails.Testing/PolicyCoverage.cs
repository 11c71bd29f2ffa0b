using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using ToolGuardrails.Testing.Policies;

namespace ToolGuardrails;

/// <summary>Which rules of a policy the assertions made through it have exercised. Safe for tests that run at the same time.</summary>
/// <remarks>
/// A deny is exercised where it counts in a call that is denied for scope; a grant or a risk where it counts in a call that gets past scope, and isn't denied by a guard; an eligible entry where <see cref="AgentUnderTest.MayAskFor(string, string, string?, string?)"/> finds it.
/// Only assertions that hold are counted. A rule that was exercised can still be wrong: what coverage finds is rules that no test looked at.
/// </remarks>
/// <param name="policy">The policy.</param>
public sealed class PolicyCoverage(GuardrailPolicy policy)
{
    private readonly GuardrailPolicy _policy = policy ?? throw new ArgumentNullException(nameof(policy));
    private readonly ConcurrentDictionary<PolicyRule, int> _counts = new();
    private int _assertions;

    /// <summary>The rules that no assertion has exercised yet, in the order of the document.</summary>
    public IReadOnlyList<PolicyRule> NotExercised => [.. _policy.Rules.Where(r => !_counts.ContainsKey(r))];

    /// <summary>An agent of the policy, whose assertions are counted.</summary>
    /// <param name="agent">The agent's name in the policy.</param>
    public AgentUnderTest For(string agent)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(agent);
        return new AgentUnderTest(new Caller(_policy, agent), this);
    }

    /// <summary>How often each rule was exercised, and which were not: several lines, separated by <c>\n</c>.</summary>
    public string Report()
    {
        IReadOnlyList<PolicyRule> missing = NotExercised;
        int all = _policy.Rules.Count;
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Policy '{_policy.Name}' ({_policy.Digest}): {all - missing.Count} of {all} rules exercised, assertions: {Volatile.Read(ref _assertions)}.\n");
        foreach (PolicyRule rule in _policy.Rules)
        {
            int count = _counts.GetValueOrDefault(rule);
            text.Append(CultureInfo.InvariantCulture, $"{(count == 0 ? "never" : count + "x"),7}  {rule}\n");
        }

        return text.ToString().TrimEnd('\n');
    }

    /// <summary>Every rule has been exercised, but for the exceptions. Call it when all tests of the policy have run.</summary>
    /// <param name="except">The ids of rules that no test exercises, such as <c>deny:no-shell</c>.</param>
    /// <exception cref="GuardrailAssertionException">A rule wasn't exercised, or an exception isn't needed any more.</exception>
    /// <exception cref="ArgumentException">An exception names no rule of the policy.</exception>
    public void AssertComplete(params IReadOnlyList<string> except)
    {
        ArgumentNullException.ThrowIfNull(except);
        if (except.FirstOrDefault(e => _policy.Rules.All(r => r.Id != e)) is { } unknown)
        {
            throw new ArgumentException($"The policy has no rule '{unknown}'; its rules are {string.Join(", ", _policy.Rules.Select(static r => r.Id))}.", nameof(except));
        }

        IReadOnlyList<PolicyRule> missing = NotExercised;
        PolicyRule[] untested = [.. missing.Where(r => !except.Contains(r.Id, StringComparer.Ordinal))];
        string[] needless = [.. except.Where(e => missing.All(r => r.Id != e))];
        if (untested.Length > 0)
        {
            throw new GuardrailAssertionException($"No test exercises {string.Join(", ", untested.Select(static r => r.Id))}. Add a test in which each has its effect, remove the rule, or list it as an exception.\n\n{Report()}");
        }

        if (needless.Length > 0)
        {
            throw new GuardrailAssertionException($"A test exercises {string.Join(", ", needless)} by now; remove it from the exceptions.\n\n{Report()}");
        }
    }

    internal void Count(ProposedCall call, DryRun run, IEnumerable<PolicyRule> eligible)
    {
        Interlocked.Increment(ref _assertions);
        PolicyExplanation why = Why.Explain(call);
        bool pastScope = run.Decision.Effect != Effect.Deny
            || run.Decision.Code is DecisionCodes.TierAboveAgent or DecisionCodes.TierUnclassified or DecisionCodes.ApprovalNobody;
        bool denied = run.Decision.Code == DecisionCodes.ScopeDenied;
        IEnumerable<PolicyRule> counting = why.Findings.Where(static f => f.Counts).Select(static f => f.Rule).Distinct().Where(r => r.Kind == PolicyRuleKind.Deny ? denied : pastScope);
        foreach (PolicyRule rule in counting.Concat(eligible))
        {
            _counts.AddOrUpdate(rule, 1, static (_, count) => count + 1);
        }
    }
}
