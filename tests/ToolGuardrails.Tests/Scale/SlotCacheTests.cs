using System.Runtime.CompilerServices;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Scale;

/// <summary>Which resolved slots are kept, how many, and for how long.</summary>
public sealed class SlotCacheTests
{
    private static readonly GuardrailPolicy Policy = GuardrailPolicy.Parse(ScaledPolicy.Of(agents: 20, tools: 40, rules: 1_000).ToJson());

    [Fact]
    public void A_slot_that_is_asked_for_again_is_the_same_one()
    {
        PolicyEpoch epoch = Epochs.Of(Policy);
        PolicySlot first = Resolve(epoch, 0, 1);
        Assert.Same(first, Resolve(epoch, 0, 1));
        Assert.NotSame(first, Resolve(epoch, 1, 1));
        Assert.NotSame(first, epoch.Resolve(Epochs.Session(ScaledPolicy.AgentName(0), ScaledPolicy.AgentName(1)), ScaledPolicy.ToolId(1)));
        Assert.Equal(3, epoch.Slots.Count);
    }

    [Fact]
    public void Invented_names_of_tools_and_agents_are_not_kept()
    {
        PolicyEpoch epoch = Epochs.Of(Policy);
        for (int i = 0; i < 1_000; i++)
        {
            Assert.Equal(DecisionCodes.ScopeUnknownTool, epoch.Resolve(Epochs.Session(ScaledPolicy.AgentName(0)), $"invented-{i}").Denial!.Code);
            Assert.Equal(DecisionCodes.ScopeUnknownAgent, epoch.Resolve(Epochs.Session($"invented-{i}"), ScaledPolicy.ToolId(0)).Denial!.Code);
            Assert.Equal(DecisionCodes.ScopeUnknownAgent, epoch.Resolve(Epochs.Session(ScaledPolicy.AgentName(0), $"invented-{i}"), ScaledPolicy.ToolId(0)).Denial!.Code);
        }

        Assert.Equal(0, epoch.Slots.Count);
    }

    [Fact]
    public void Chains_of_known_agents_without_end_are_kept_up_to_a_bound()
    {
        PolicyEpoch epoch = Epochs.Of(Policy);
        var dice = new Random(3);
        int most = 0;
        bool dropped = false;
        for (int i = 0; i < 2_500; i++)
        {
            int kept = epoch.Slots.Count;
            SessionIdentity session = Epochs.Session(ScaledPolicy.AgentName(i % 20), [.. Enumerable.Range(0, 7).Select(_ => ScaledPolicy.AgentName(dice.Next(20)))]);
            PolicySlot slot = epoch.Resolve(session, ScaledPolicy.ToolId(i % 40));
            Assert.Equal(8, slot.Layers.Length);
            dropped |= epoch.Slots.Count < kept;
            most = Math.Max(most, epoch.Slots.Count);
        }

        Assert.True(dropped);
        Assert.InRange(most, 100, SlotCache.MostRules / 10);
    }

    // What they differ in isn't in the slots.
    [Fact]
    public void A_suspension_or_a_grant_does_not_make_every_slot_be_resolved_anew()
    {
        PolicyEpoch epoch = Epochs.Of(Policy);
        PolicySlot slot = Resolve(epoch, 0, 1);
        Assert.Same(slot, Resolve(epoch.WithSuspensions(SuspensionState.Of(1, [])).WithGrants(GrantState.None), 0, 1));
        Assert.NotSame(slot, Resolve(epoch.WithDefinition(ScaledPolicy.ToolId(1), "sha256:1"), 0, 1));
        Assert.NotSame(slot, Resolve(epoch.WithPolicy(Policy), 0, 1));
    }

    [Fact]
    public async Task After_a_reload_a_binding_that_is_idle_keeps_its_own_slot_and_no_other()
    {
        await using GovernedHost host = GovernedHost.Start(Policy.ToJson());
        ToolBinding idle = host.Session(ScaledPolicy.AgentName(0)).Bind(ScaledPolicy.ToolId(0));
        WeakReference own = Reference(() => idle.Resolve());
        WeakReference other = Reference(() => Resolve(host.Pipeline.Epoch, 1, 1));
        Collect();
        Assert.True(own.IsAlive && other.IsAlive);

        await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(ScaledPolicy.Of(agents: 20, tools: 40, rules: 1_000, seed: 2).ToJson()));
        Collect();
        Assert.True(own.IsAlive);
        Assert.False(other.IsAlive);
        GC.KeepAlive(idle);
    }

    [Fact]
    public async Task After_a_reload_a_policy_goes_once_every_binding_has_met_the_next_one()
    {
        await using GovernedHost host = GovernedHost.Start(Policy.ToJson());
        ToolBinding binding = host.Session(ScaledPolicy.AgentName(0)).Bind(ScaledPolicy.ToolId(0));
        WeakReference before = Reference(() => host.Pipeline.Epoch.Policy!);
        binding.Resolve();
        await host.Pipeline.ReplacePolicyAsync(GuardrailPolicy.Parse(ScaledPolicy.Of(agents: 20, tools: 40, rules: 1_000, seed: 2).ToJson()));
        binding.Resolve();
        Collect();
        Assert.False(before.IsAlive);
        GC.KeepAlive(binding);
    }

    private static PolicySlot Resolve(PolicyEpoch epoch, int agent, int tool) => epoch.Resolve(Epochs.Session(ScaledPolicy.AgentName(agent)), ScaledPolicy.ToolId(tool));

    // Not inlined: no register of the test may hold on to it.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference Reference(Func<object> of) => new(of());

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
