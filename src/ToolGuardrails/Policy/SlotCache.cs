using System.Collections.Concurrent;

namespace ToolGuardrails.Policy;

/// <summary>Slots that have been resolved under one policy, up to a bound. A binding keeps its slot itself; these are for the sessions and bindings to come.</summary>
internal sealed class SlotCache
{
    /// <summary>How many rules the kept slots hold together, where a slot itself counts as ten: about 26 MB. Chains of agents multiply, two hundred of them to forty thousand chains of two, and some policies have rules by the thousand for each tool.</summary>
    public const int MostRules = 200_000;

    private readonly ConcurrentDictionary<(string Chain, string Tool), PolicySlot> _slots = new();
    private int _rules;

    public int Count => _slots.Count;

    public PolicySlot GetOrAdd(string chain, string tool, Func<PolicySlot> compile)
    {
        if (_slots.TryGetValue((chain, tool), out PolicySlot? known))
        {
            return known;
        }

        // All of them go at once: to resolve one again takes microseconds, and an order of use would cost something at every look.
        PolicySlot slot = compile();
        if (Interlocked.Add(ref _rules, RulesOf(slot)) > MostRules)
        {
            Clear();
            Interlocked.Add(ref _rules, RulesOf(slot));
        }

        return _slots.GetOrAdd((chain, tool), slot);
    }

    public void Clear()
    {
        _slots.Clear();
        Interlocked.Exchange(ref _rules, 0);
    }

    // A risk is compiled once for each agent of the chain.
    private static int RulesOf(PolicySlot slot) =>
        10 + (slot.Risks.Length * slot.Layers.Length) + slot.Layers.Sum(static l => l.Denies.Length + l.Grants.Length);
}
