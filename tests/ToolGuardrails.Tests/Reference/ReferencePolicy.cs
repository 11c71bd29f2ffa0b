using System.Text.Json;

namespace ToolGuardrails.Tests.Reference;

/// <summary>A policy, as far as decisions depend on it.</summary>
internal sealed record ReferencePolicy(ReferenceTool[] Tools, ReferenceAgent[] Agents, ReferenceRule[] Deny, ReferenceRule[] Risks, string LowGate, string MediumGate)
{
    public const string PolicyFacts = """{ "env": "none", "limit": 5, "live": true }""";
    public const string ServerFacts = """{ "env": "staging" }""";

    /// <summary>Who may approve where a gate is a review; anywhere else it is the leads.</summary>
    public string[] ReviewApprovers { get; init; } = ["role:lead"];

    public string Gate(RiskTier tier) => tier switch { RiskTier.Low => LowGate, RiskTier.Medium => MediumGate, _ => "perCall" };

    public string[] Approvers(string gate) => gate == "review" ? ReviewApprovers : ["role:lead"];

    public string ToJson() => $$"""
        { "version": 1, "name": "reference", "facts": {{PolicyFacts}}, "servers": { "s": { "facts": {{ServerFacts}} } },
          "tools": { {{Join(Tools, static t => t.ToJson())}} },
          "agents": { {{Join(Agents, static a => a.ToJson())}} },
          "risks": [ {{Join(Risks, static r => r.ToJson("when"))}} ],
          "deny": [ {{Join(Deny, static r => r.ToJson("where"))}} ],
          "tiers": { "low": {{TierJson(LowGate)}}, "medium": {{TierJson(MediumGate)}}, "high": { "approvers": ["role:lead"] } } }
        """;

    public static string Join<T>(IEnumerable<T> items, Func<T, string> write) => string.Join(",\n    ", items.Select(write));

    public static string Accesses(ToolAccess access) =>
        "[" + string.Join(", ", Each(access).Select(static a => $"\"{a}\"")) + "]";

    public static IEnumerable<string> Each(ToolAccess access) =>
        new[] { (ToolAccess.Read, "read"), (ToolAccess.Write, "write"), (ToolAccess.Delete, "delete"), (ToolAccess.Execute, "execute"), (ToolAccess.Send, "send") }
            .Where(a => (access & a.Item1) != 0).Select(static a => a.Item2);

    public static string Word(RiskTier tier) => tier switch { RiskTier.Low => "low", RiskTier.Medium => "medium", _ => "high" };

    private string TierJson(string gate) =>
        $$"""{ "approval": "{{gate}}", "approvers": [{{string.Join(", ", Approvers(gate).Select(static a => $"\"{a}\""))}}] }""";
}

/// <summary>How many calls there may be in a window, which its first call begins.</summary>
internal sealed record ReferenceBudget(int Calls, int Minutes)
{
    public TimeSpan Per => TimeSpan.FromMinutes(Minutes);

    public string ToJson() => $$"""
        "budget": { "calls": {{Calls}}, "per": "{{Per:c}}" }
        """;
}

/// <summary>A tool; the names of its arguments with their kinds, or null where it declares none.</summary>
internal sealed record ReferenceTool(string Id, ToolAccess Access, RiskTier Tier, bool? Reversible, bool OnServer, string? Environment, IReadOnlyDictionary<string, string>? Arguments, ReferenceRule[] Risks)
{
    public ReferenceBudget? Budget { get; init; }

    public string ToJson()
    {
        List<string> members = [$"\"access\": {ReferencePolicy.Accesses(Access)}", $"\"tier\": \"{ReferencePolicy.Word(Tier)}\""];
        members.AddRange(Reversible is { } r ? [$"\"reversible\": {(r ? "true" : "false")}"] : []);
        members.AddRange(OnServer ? ["\"server\": \"s\""] : []);
        members.AddRange(Environment is { } e ? [$$"""
            "facts": { "env": "{{e}}", "limit": 50 }
            """] : []);
        members.AddRange(Arguments is { } a ? [$"\"arguments\": {{ {string.Join(", ", a.Select(static p => $"\"{p.Key}\": \"{p.Value}\""))} }}"] : []);
        members.AddRange(Budget is { } b ? [b.ToJson()] : []);
        members.Add($"\"risks\": [ {ReferencePolicy.Join(Risks, static r => r.ToJson("when", withTools: false))} ]");
        return $"\"{Id}\": {{ {string.Join(", ", members)} }}";
    }
}

internal sealed record ReferenceAgent(string Name, RiskTier Tier, ReferenceRule[] Grants, ReferenceRule[] Deny)
{
    public bool Observes { get; init; }

    public bool RequiresPrompt { get; init; }

    public ReferenceBudget? Budget { get; init; }

    public string ToJson()
    {
        List<string> members = ["\"owner\": \"Ada\"", $"\"tier\": \"{ReferencePolicy.Word(Tier)}\""];
        members.AddRange(Observes ? ["\"enforcement\": \"observe\""] : []);
        members.AddRange(RequiresPrompt ? ["\"requirePrompt\": true"] : []);
        members.AddRange(Budget is { } b ? [b.ToJson()] : []);
        members.Add($"\"grants\": [ {ReferencePolicy.Join(Grants, static g => g.ToJson("where"))} ]");
        members.Add($"\"deny\": [ {ReferencePolicy.Join(Deny, static d => d.ToJson("where"))} ]");
        return $"\"{Name}\": {{ {string.Join(", ", members)} }}";
    }
}

/// <summary>A grant, a deny or a risk. No condition matches always; no access is 'read' in a grant and any in a deny or risk.</summary>
internal sealed record ReferenceRule(string Id, string Tools, ToolAccess? Access, ReferenceCondition? Condition, RiskTier? Raises = null)
{
    /// <summary>What of a result passes, each a path of names; null where all of it does.</summary>
    public string[][]? Fields { get; init; }

    public bool Names(string tool) => Tools.EndsWith('*') ? tool.StartsWith(Tools[..^1], StringComparison.Ordinal) : tool == Tools;

    public bool Covers(ReferenceTool tool) => Names(tool.Id) && (tool.Access & ~(Access ?? ToolAccess.Read)) == 0;

    public bool Concerns(ReferenceTool tool) => Names(tool.Id) && (Access is null || (Access & tool.Access) != 0);

    public string ToJson(string conditionName, bool withTools = true)
    {
        List<string> members = [$"\"id\": {JsonSerializer.Serialize(Id)}"];
        members.AddRange(withTools ? [$"\"tools\": \"{Tools}\""] : []);
        members.AddRange(Access is { } access ? [$"\"access\": {ReferencePolicy.Accesses(access)}"] : []);
        members.AddRange(Condition is { } c ? [$"\"{conditionName}\": {c.ToJson()}"] : []);
        members.AddRange(Fields is { } f ? [$"\"fields\": [{string.Join(", ", f.Select(static p => JsonSerializer.Serialize(Spelled(p))))}]"] : []);
        members.AddRange(Raises is { } tier ? [$"\"tier\": \"{ReferencePolicy.Word(tier)}\""] : []);
        return $"{{ {string.Join(", ", members)} }}";
    }

    private static string Spelled(string[] path) =>
        string.Concat(path.Select(static (name, i) => name.Contains('.', StringComparison.Ordinal) ? $"['{name}']" : i == 0 ? name : "." + name));
}
