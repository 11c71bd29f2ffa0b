using System.Text.Json;
using System.Text.Json.Nodes;

namespace PolicyTests;

/// <summary>The policy with one rule taken out or widened, for every rule and every way.</summary>
internal static class PolicyMutants
{
    // A deny that waits for a tool to come changes nothing today.
    private const string WaitsForATool = "no-shell";

    // The risk of production raises its calls to high whatever its own tier is.
    private const string RaisedAnyway = "catalog.set_price";
    private static readonly string[] Narrowing = ["where", "when", "fields"];
    private static readonly string[] AskingTiers = ["medium", "high"];

    public static string Original { get; } = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "guardrails.json"));

    public static IReadOnlyDictionary<string, string> All { get; } = Make();

    private static Dictionary<string, string> Make()
    {
        var mutants = new Dictionary<string, string>();
        foreach ((string name, Func<JsonNode, JsonArray> list) in RuleLists())
        {
            for (int i = 0; i < list(Read()).Count; i++)
            {
                int at = i;
                JsonObject rule = list(Read())[at]!.AsObject();
                string what = $"{name} '{(string?)rule["id"]}'";
                if ((string?)rule["id"] == WaitsForATool)
                {
                    continue;
                }

                Add(mutants, $"{what} is gone", root => list(root).RemoveAt(at));
                foreach (string member in Narrowing.Where(rule.ContainsKey))
                {
                    bool widens = name.StartsWith("grant", StringComparison.Ordinal);
                    Add(mutants, $"{what} {(widens ? "loses its" : "never meets its")} {member}", root => Change(list(root)[at]!.AsObject(), member, widens));
                }

                if (name.StartsWith("grant", StringComparison.Ordinal))
                {
                    Add(mutants, $"{what} is for every tool and every access", root => Widen(list(root)[at]!.AsObject()));
                }
            }
        }

        AddTools(mutants);
        return mutants;
    }

    // A grant without its condition permits more; a deny or risk that never matches forbids nothing.
    private static void Change(JsonObject rule, string member, bool widens)
    {
        rule.Remove(member);
        if (!widens)
        {
            rule[member] = new JsonObject { ["ctx.agent"] = new JsonObject { ["equals"] = "nobody" } };
        }
    }

    private static void Widen(JsonObject grant)
    {
        grant["tools"] = "*";
        grant["access"] = new JsonArray("read", "write", "send");
        grant.Remove("where");
        grant.Remove("fields");
    }

    private static void AddTools(Dictionary<string, string> mutants)
    {
        foreach ((string tool, JsonNode? entry) in Read()["tools"]!.AsObject())
        {
            if ((string?)entry!["tier"] is "medium" or "high" && tool != RaisedAnyway)
            {
                Add(mutants, $"'{tool}' is low", root =>
                {
                    root["tools"]![tool]!["tier"] = "low";
                    root["tools"]![tool]!["reversible"] = true;
                });
            }

            if (entry.AsObject().ContainsKey("redact"))
            {
                Add(mutants, $"'{tool}' hides nothing", root => root["tools"]![tool]!.AsObject().Remove("redact"));
            }
        }

        foreach (string tier in AskingTiers)
        {
            Add(mutants, $"somebody else approves {tier}", root => root["tiers"]![tier]!["approvers"] = new JsonArray("role:anybody"));
        }
    }

    private static IEnumerable<(string Name, Func<JsonNode, JsonArray> List)> RuleLists()
    {
        yield return ("risk", static root => root["risks"]!.AsArray());
        yield return ("deny", static root => root["deny"]!.AsArray());
        foreach (string agent in Read()["agents"]!.AsObject().Select(static a => a.Key))
        {
            yield return ($"grant of {agent}", root => root["agents"]![agent]!["grants"]!.AsArray());
        }

        foreach (string tool in Read()["tools"]!.AsObject().Where(static t => t.Value!.AsObject().ContainsKey("risks")).Select(static t => t.Key))
        {
            yield return ($"risk of {tool}", root => root["tools"]![tool]!["risks"]!.AsArray());
        }
    }

    private static void Add(Dictionary<string, string> mutants, string what, Action<JsonNode> change)
    {
        JsonNode root = Read();
        change(root);
        mutants.Add(what, root.ToJsonString());
    }

    private static JsonNode Read() => JsonNode.Parse(Original, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip })!;
}
