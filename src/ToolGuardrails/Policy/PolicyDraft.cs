using System.Globalization;
using System.Text.Json.Nodes;

namespace ToolGuardrails.Policy;

/// <summary>One object of a policy that is being written in C#. It becomes JSON, which the same strict reader reads as any other: two spellings can't mean two things.</summary>
/// <param name="what">What it is, in words for an error: <c>the tool 'db.write'</c>.</param>
internal sealed class PolicyDraft(string what)
{
    public JsonObject Json { get; } = [];

    public string What => what;

    /// <summary>Sets a member that may be given once.</summary>
    /// <exception cref="InvalidOperationException">It has been given before.</exception>
    public void Set(string member, JsonNode? value)
    {
        if (!Json.TryAdd(member, value))
        {
            throw new InvalidOperationException($"For {what}, '{member}' has been given before; give it once.");
        }
    }

    /// <summary>Sets an entry of a map member, which may be given once.</summary>
    public void SetEntry(string map, string name, JsonNode? value)
    {
        ArgumentNullException.ThrowIfNull(name);
        JsonObject entries = Json[map] as JsonObject ?? [];
        Json[map] ??= entries;
        if (!entries.TryAdd(name, value))
        {
            throw new InvalidOperationException($"For {what}, '{VisibleText.Escape(name)}' stands under '{map}' already; give it once.");
        }
    }

    /// <summary>Adds to a list member.</summary>
    public void Append(string list, JsonNode value)
    {
        JsonArray items = Json[list] as JsonArray ?? [];
        Json[list] ??= items;
        items.Add(value);
    }

    /// <summary>Adds texts to a list member; the list is there even where there are none.</summary>
    public void AppendTexts(string list, IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        Json[list] ??= new JsonArray();
        foreach (string text in texts)
        {
            Append(list, JsonValue.Create(text));
        }
    }

    /// <summary>A list of texts.</summary>
    public static JsonArray Texts(IEnumerable<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new JsonArray([.. texts.Select(static t => (JsonNode?)JsonValue.Create(t))]);
    }

    /// <summary>Adds accesses to the list <c>access</c>.</summary>
    public void AppendAccess(ToolAccess access) => AppendTexts("access", AccessText.Names(access));

    /// <summary>Sets a member to a span of time, as the format writes it.</summary>
    public void SetSpan(string member, TimeSpan span) => Set(member, JsonValue.Create(Span(span)));

    public void SetBudget(int calls, TimeSpan per) => Set("budget", new JsonObject { ["calls"] = calls, ["per"] = Span(per) });

    public static string Span(TimeSpan span) => span.Ticks % TimeSpan.TicksPerSecond == 0 && span >= TimeSpan.Zero
        ? string.Create(CultureInfo.InvariantCulture, $"{(long)span.TotalHours:00}:{span.Minutes:00}:{span.Seconds:00}")
        : throw new ArgumentException($"The time span '{span}' can't stand in a policy; use whole seconds.", nameof(span));

    public static string Word(RiskTier tier) => tier is >= RiskTier.Low and <= RiskTier.High
        ? PolicyWords.InWords(tier)
        : throw new ArgumentOutOfRangeException(nameof(tier), tier, "A policy knows the tiers Low, Medium and High; name one of them.");

    /// <summary>A rule that is a deny or a risk.</summary>
    public static JsonObject Rule(string id, string? tools, RiskTier? tier, string condition, Action<PolicyConditionBuilder>? where, string? says, ToolAccess? access)
    {
        var rule = new PolicyDraft($"the rule '{VisibleText.Escape(id)}'");
        rule.Set("id", id);
        if (tools is not null)
        {
            rule.Set("tools", tools);
        }

        if (access is { } some)
        {
            rule.AppendAccess(some);
        }

        if (where is not null)
        {
            rule.Set(condition, PolicyConditionBuilder.Write(where));
        }

        if (tier is { } raised)
        {
            rule.Set("tier", Word(raised));
        }

        if (says is not null)
        {
            rule.Set("says", says);
        }

        return rule.Json;
    }
}
