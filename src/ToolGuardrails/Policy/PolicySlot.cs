using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>One tool resolved for one chain of agents under one policy: everything that can be known before the arguments are.</summary>
internal sealed class PolicySlot(ToolInfo tool) : ResolvedTool(tool)
{
    // Up to so many places have room in the array that a thread keeps.
    private const int FewPlaces = 64;

    [ThreadStatic]
    private static int[]? _places;

    private VerdictReason? _stopped;
    private VerdictReason? _denial;
    private VerdictReason? _outOfScope;
    private AgentLayer[] _layers = [];
    private int _openTiers;

    /// <summary>The digest of the policy; null where none is loaded.</summary>
    public string? PolicyDigest { get; init; }

    /// <summary>Why no call can be allowed, whatever its arguments; null where some can.</summary>
    public VerdictReason? Denial
    {
        get => _stopped ?? _denial;
        init => _denial = value;
    }

    /// <summary>Why the scope lets no call pass, whatever its arguments, and whatever else may stand against it; null where it may let some pass.</summary>
    public VerdictReason? OutOfScope { get => _outOfScope; init => _outOfScope = value; }

    /// <summary>Whether no call can be allowed because of something other than the policy: a suspension, or a session that is too deep.</summary>
    public bool IsStopped => _stopped is not null;

    /// <summary>The tool's arguments; null where the policy declares none.</summary>
    public DeclaredArguments? Arguments { get; init; }

    /// <summary>One layer for each agent, from the session's own to the root's.</summary>
    public AgentLayer[] Layers { get => _layers; init => _layers = value; }

    /// <summary>The standing approvals that hold for the session.</summary>
    public IReadOnlyList<CompiledRule> Standing { get; private set; } = [];

    /// <summary>Whether some grant of a layer is one that people have given for a while.</summary>
    public bool IsElevated { get; private set; }

    /// <summary>What can raise the call's tier.</summary>
    public CompiledRisk[] Risks { get; init; } = [];

    /// <summary>The lowest ceiling in the chain.</summary>
    public RiskTier Ceiling { get; init; }

    /// <summary>What each tier asks for.</summary>
    public IReadOnlyDictionary<RiskTier, TierGate> Gates { get; init; } = new Dictionary<RiskTier, TierGate>();

    /// <summary>The tool's definition as the host showed it or, where it didn't, as the policy pins it; null where neither is known.</summary>
    public string? Definition { get; init; }

    /// <summary>The facts that hold for the session's own agent and this tool.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> Facts { get; init; } = new Dictionary<string, IReadOnlyList<PolicyValue>>();

    /// <summary>The agent of the session itself; null where the policy doesn't know it.</summary>
    public AgentEntry? Agent { get; init; }

    /// <summary>What records hide; null where they hide nothing.</summary>
    public Redaction? Redaction { get; init; }

    /// <summary>Whether some grant lets only some fields of a result pass.</summary>
    public bool HasFields { get; init; }

    /// <summary>What holds for the agents and the tool besides their rules.</summary>
    public SlotTerms Terms { get; init; } = SlotTerms.None;

    /// <summary>SHA-256 over the canonical JSON of the policy members that apply; what an approval binds to.</summary>
    public Lazy<byte[]> Digest { get; init; } = new(static () => new byte[32]);

    /// <summary>The members of a record that are the same for every call of this slot; the audit stage fills it on first use.</summary>
    public byte[]? RecordMembers { get; set; }

    /// <summary>Whether neither a budget, nor an elevation, nor a mode that only observes has a say in what becomes of a call.</summary>
    public bool IsOrdinary { get; private set; }

    /// <summary>Whether the gate of a tier lets a call through without asking anybody, within the agents' ceiling.</summary>
    public bool AsksNobodyAt(RiskTier tier) => (_openTiers & (1 << (int)tier)) != 0;

    /// <summary>Whether the first two stages need to look at a call at all.</summary>
    public bool DependsOnCall { get; private set; } = true;

    /// <summary>What they say of every call where they needn't; null until they have been asked.</summary>
    public KnownVerdict? Known { get; set; }

    /// <summary>Room for this slot's places until the thread asks again. Conditions call nobody, so nobody asks meanwhile.</summary>
    public Span<int> RoomForPlaces() => Places <= FewPlaces ? (_places ??= new int[FewPlaces]).AsSpan(0, Places) : new int[Places];

    /// <summary>How many places <see cref="Locate"/> fills.</summary>
    public int Places => Arguments?.Names.Count ?? 0;

    /// <summary>Finds the declared arguments of a call.</summary>
    /// <returns>Why the arguments don't fit the declaration; null where they do.</returns>
    public VerdictReason? Locate(ArgumentSnapshot arguments, Span<int> positions) => Arguments?.Locate(arguments, positions);

    /// <summary>Works out what every call would. Once all else is set.</summary>
    public PolicySlot Settled()
    {
        IsOrdinary = !Terms.HasBudgets && !Terms.Observes && !IsElevated;
        _openTiers = 0;
        foreach ((RiskTier tier, TierGate gate) in Gates)
        {
            bool isOpen = gate.Approval == ApprovalGate.None && tier is >= RiskTier.Low and <= RiskTier.High && tier <= Ceiling;
            _openTiers |= isOpen ? 1 << (int)tier : 0;
        }

        Known = null;
        DependsOnCall = Observation.Denies(this) is null
            && (Arguments is not null || Terms.PromptLevels != 0 || !Array.TrueForAll(_layers, static l => l.IsAlwaysGranted && l.PossibleDenies.Length == 0) || !Array.TrueForAll(Risks, static r => r.Condition is ConstantCondition));
        return this;
    }

    /// <summary>What conditions may look at in a call that has been found to fit. It allocates; the stages that every call passes keep their positions on the stack instead.</summary>
    public static ConditionInput InputOf(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        int[] positions = new int[slot.Places];
        slot.Locate(arguments, positions);
        return new ConditionInput(arguments, positions, call.Session);
    }

    /// <summary>The same slot, with what people have given to its session for a while.</summary>
    public PolicySlot WithGrants(AgentLayer[] layers, bool isElevated, IReadOnlyList<CompiledRule> standing)
    {
        var given = (PolicySlot)MemberwiseClone();
        given._layers = layers;
        given.IsElevated = isElevated;
        given.Standing = standing;
        if (_outOfScope == Reasons.ScopeNoGrant && Array.TrueForAll(layers, static l => l.Grants.Length > 0))
        {
            given._outOfScope = null;
            given._denial = _denial != Reasons.ScopeNoGrant ? _denial : Tool.Tier > Ceiling ? Reasons.TierAboveAgent : null;
        }

        return given.Settled();
    }

    /// <summary>The same slot, in which no call can be allowed because of something other than the policy.</summary>
    public PolicySlot Stopped(VerdictReason reason)
    {
        var stopped = (PolicySlot)MemberwiseClone();
        stopped._stopped = reason;
        return stopped.Settled();
    }
}

/// <summary>What the first two stages say of a slot's calls.</summary>
/// <param name="Verdict">Their verdict.</param>
/// <param name="Tier">The tier.</param>
/// <param name="GoesOn">Whether other stages follow.</param>
internal sealed record KnownVerdict(Verdict Verdict, RiskTier Tier, bool GoesOn);

/// <summary>What one agent of the chain may do with the tool.</summary>
internal sealed class AgentLayer(CompiledRule[] denies, CompiledRule[] grants)
{
    public CompiledRule[] Denies { get; } = denies;

    public CompiledRule[] Grants { get; } = grants;

    /// <summary>Those denies that some call could match.</summary>
    public CompiledRule[] PossibleDenies { get; } = Array.FindAll(denies, static d => d.Condition is not ConstantCondition { Truth: Truth.False });

    /// <summary>Whether a grant of the policy matches whatever the call.</summary>
    public bool IsAlwaysGranted { get; } = Array.Exists(grants, static g => g is { Issued: null, Condition: ConstantCondition { Truth: Truth.True } });
}

/// <summary>A grant or deny rule that concerns this agent and tool.</summary>
internal sealed record CompiledRule(string Id, CompiledCondition Condition, VerdictReason Reason)
{
    /// <summary>For a grant: what of a result may pass; null where all of it may.</summary>
    public FieldTree? Fields { get; init; }

    /// <summary>For a grant: the credential that the tool gets; null where none is named.</summary>
    public string? Credential { get; init; }

    /// <summary>What people have given for a while; null for a rule of the policy.</summary>
    public IssuedGrant? Issued { get; init; }

    /// <summary>Whether what people have given lasts, and has uses left.</summary>
    public Func<IssuedGrant, bool>? IsUsable { private get; init; }

    /// <summary>Whether a call may begin because of it: so always for a rule of the policy.</summary>
    public bool MayBeUsed => Issued is null || IsUsable?.Invoke(Issued) == true;
}

/// <summary>A risk that concerns this tool.</summary>
internal sealed record CompiledRisk(string Id, CompiledCondition Condition, RiskTier Tier, string? Says);
