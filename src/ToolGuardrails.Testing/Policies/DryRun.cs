namespace ToolGuardrails.Testing.Policies;

/// <summary>What a real pipeline decides on a call that nobody makes.</summary>
internal sealed class DryRun
{
    private static readonly byte[] Key = [.. Enumerable.Range(1, 32).Select(static i => (byte)i)];

    private readonly ProposedCall _call;

    private DryRun(ProposedCall call, Decision decision, IReadOnlyList<string> approvers, IReadOnlyList<GuardWitness> guards)
    {
        _call = call;
        Decision = decision;
        Approvers = approvers;
        Guards = guards;
    }

    public Decision Decision { get; }

    /// <summary>Who would be asked; empty where nobody looked.</summary>
    public IReadOnlyList<string> Approvers { get; }

    /// <summary>The eligible entries through which the call could be given.</summary>
    public IReadOnlyList<PossibleElevation> Elevations => Why.Explain(_call).Elevations;

    /// <summary>What the host's guards said.</summary>
    public IReadOnlyList<GuardWitness> Guards { get; }

    /// <summary>Asks, and waits for the answer. Off the caller's context, because a guard's continuation may need the thread that waits here.</summary>
    public static DryRun Of(ProposedCall call, bool withApprovers)
    {
        SynchronizationContext? context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return OfAsync(call, withApprovers).GetAwaiter().GetResult();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    // Where no guard waits, all of this completes at once: tests that run in parallel take no second thread each.
    private static async Task<DryRun> OfAsync(ProposedCall call, bool withApprovers)
    {
        GuardWitness[] guards = [.. call.Caller.Guards.Select(static g => new GuardWitness(g))];
        var pipeline = GuardrailPipeline.Create(OptionsFor(call.Caller.Policy, guards));
        try
        {
            AgentSession session = await StartAsync(pipeline, call.Caller).ConfigureAwait(false);
            Decision decision = await session.EvaluateAsync(call.Tool, call.Arguments).ConfigureAwait(false);
            bool asks = withApprovers && decision.Effect == Effect.RequireApproval;
            return new DryRun(call, decision, asks ? await ApproversAsync(session, call).ConfigureAwait(false) : [], guards);
        }
        finally
        {
            // Its log is in memory, so nobody waits for the end.
            _ = pipeline.DisposeAsync().AsTask();
        }
    }

    private static GuardrailOptions OptionsFor(GuardrailPolicy policy, GuardWitness[] guards)
    {
        var options = new GuardrailOptions { Policy = policy, CredentialBroker = new NamedCredentials(), Audit = { CommitmentKey = Key } };
        options.Sinks.Add(new AuditSinkRegistration(new InMemoryAuditSink(AuditAcknowledgement.Sealed)));
        foreach (GuardWitness guard in guards)
        {
            options.Guards.Add(guard);
        }

        return options;
    }

    private static async ValueTask<AgentSession> StartAsync(GuardrailPipeline pipeline, Caller caller)
    {
        var duties = HostDuties.Of(caller.Policy);
        duties.ShowDefinitions(pipeline);
        AgentSession? session = null;
        foreach (string agent in caller.Ancestors.Reverse().Append(caller.Agent))
        {
            session = session is null
                ? pipeline.StartSession(agent, caller.Subject, caller.Tenant, caller.SessionId)
                : session.StartChild(agent, caller.SessionId);
            await duties.RecordPromptAsync(session).ConfigureAwait(false);
        }

        return session!;
    }

    // Only a request names who may approve. Nobody is there to be asked, so it stays pending.
    private static async ValueTask<IReadOnlyList<string>> ApproversAsync(AgentSession session, ProposedCall call) =>
        (await session.AuthorizeAsync(call.Tool, call.Arguments).ConfigureAwait(false)).PendingApproval?.Approvers ?? [];
}
