namespace ToolGuardrails.Policy;

/// <summary>What a document declares, for the rules that are read after it.</summary>
internal sealed class PolicyCatalog(PolicyErrors errors)
{
    private readonly Dictionary<string, PolicyNode> _recordedIds = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Pattern, ToolAccess? Access, bool Grant), ConditionScope> _scopes = [];

    public PolicyErrors Errors { get; } = errors;

    public IReadOnlyDictionary<string, PolicyValue> Facts { get; set; } = new Dictionary<string, PolicyValue>();

    /// <summary>What each tier asks of a human.</summary>
    public IReadOnlyDictionary<RiskTier, TierGate> Tiers { get; set; } = new Dictionary<RiskTier, TierGate>();

    public Dictionary<string, ServerEntry> Servers { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, ToolEntry> Tools { get; } = new(StringComparer.Ordinal);

    /// <summary>Tools whose argument list has been reported, so that what follows from it isn't.</summary>
    public HashSet<string> UnsureArguments { get; } = new(StringComparer.Ordinal);

    /// <summary>What a rule is about that reaches no declared tool.</summary>
    public ConditionScope NoTool => field ??= new ConditionScope(this, []);

    /// <summary>The declared tools that a pattern names, in the order of the document. All tools have to be known by then.</summary>
    public IEnumerable<ToolEntry> Matching(ToolPattern pattern)
    {
        if (pattern.IsWildcard)
        {
            return Index.BeginningWith(pattern.Beginning).Select(i => Index.Tools[i]);
        }

        return Tools.TryGetValue(pattern.Text, out ToolEntry? tool) ? [tool] : [];
    }

    /// <summary>What a deny or risk is about: tools that have any of its accesses.</summary>
    public ConditionScope Touching(ToolPattern pattern, ToolAccess? access) =>
        Scope((pattern.Text, access, false), () => Matching(pattern).Where(t => pattern.Concerns(t, access)));

    /// <summary>What a grant reaches: tools all of whose accesses it lists.</summary>
    public ConditionScope Covered(ToolPattern pattern, ToolAccess access) =>
        Scope((pattern.Text, access, true), () => Matching(pattern).Where(t => pattern.Covers(t, access)));

    /// <summary>Reads an id that records will carry behind its prefix. Ids may hold a slash, so two of them could become the same text.</summary>
    public string RuleId(PolicyObject rule, string prefix)
    {
        if (rule.RequiredText("id", "This entry has no 'id'; give it one, because records name what decided a call.") is not { } id)
        {
            return prefix;
        }

        PolicyNode node = rule["id"]!.Value;
        if (!IdentifierText.IsId(id))
        {
            Errors.Add(node, $"The id {PolicyErrors.Quote(id)} isn't valid; use 1 to 128 ASCII letters, digits and '.', '_', '/', '-'.");
            return prefix;
        }

        string recorded = prefix + id;
        if (!_recordedIds.TryAdd(recorded, node))
        {
            Errors.Add(node, $"The id '{id}' is taken: {_recordedIds[recorded].Path} is recorded as '{recorded}' too; choose another id.");
        }

        return recorded;
    }

    public ToolPattern? Pattern(PolicyObject rule)
    {
        if (rule.RequiredText("tools", "This entry has no 'tools'; name a tool's id, or the beginning of ids with '*' behind it.") is not { } text)
        {
            return null;
        }

        if (text == "*" || IdentifierText.IsId(text.EndsWith('*') ? text.AsSpan(0, text.Length - 1) : text))
        {
            return new ToolPattern(text);
        }

        Errors.Add(rule["tools"]!.Value, $"The pattern {PolicyErrors.Quote(text)} isn't valid; it is a tool's id, or the beginning of ids with one '*' as its last character.");
        return null;
    }

    /// <summary>Reads a map whose names are ids, each with its own reader.</summary>
    public void ReadMap(PolicyNode? map, string what, Action<string, PolicyNode> read)
    {
        if (map is not { } node || PolicyObject.Entries(node, Errors, map: true) is not { } entries)
        {
            return;
        }

        var seen = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach ((string id, PolicyNode value) in entries)
        {
            if (!IdentifierText.IsId(id))
            {
                Errors.Add(value, $"The {what} {PolicyErrors.Quote(id)} isn't valid; use 1 to 128 ASCII letters, digits and '.', '_', '/', '-'.");
            }
            else if (!seen.TryAdd(id, id))
            {
                Errors.Add(value, $"The {what} '{id}' differs from '{seen[id]}' only by upper and lower case; rename one of the two.");
            }

            read(id, value);
        }
    }

    // Each is made once: policies repeat their patterns.
    private ConditionScope Scope((string Pattern, ToolAccess? Access, bool Grant) key, Func<IEnumerable<ToolEntry>> tools)
    {
        if (!_scopes.TryGetValue(key, out ConditionScope? scope))
        {
            ToolEntry[] about = [.. tools()];
            _scopes.Add(key, scope = about.Length == 0 ? NoTool : new ConditionScope(this, about));
        }

        return scope;
    }

    private ToolIndex Index => field ??= new ToolIndex([.. Tools.Values]);
}
