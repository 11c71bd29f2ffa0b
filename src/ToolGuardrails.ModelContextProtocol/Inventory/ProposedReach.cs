using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>Access and tier of a tool of which only its server's own words are known.</summary>
/// <remarks>
/// In this order: each word of the name that stands for an effect counts; so does the word that the description begins with; so does an argument that is an address to go to, or a program.
/// The server's hints add to that. They take nothing away, unless the host trusts the server and the words say nothing.
/// It reads, and no more, where a word of the name says so and nothing says otherwise. Of whatever is left it is taken that it writes.
/// </remarks>
internal sealed record ProposedReach(ToolAccess Access, RiskTier Tier, string Why)
{
    private const ToolAccess Highest = ToolAccess.Delete | ToolAccess.Execute;

    public static ProposedReach Of(Tool tool, bool trusted)
    {
        var why = new List<string>();
        ToolAccess access = OfWords(tool, why) | OfArguments(tool.InputSchema, why);
        ToolAnnotations? hints = tool.Annotations;
        bool destroys = hints?.DestructiveHint == true;
        if (destroys)
        {
            access |= ToolAccess.Write;
            why.Add("its server says that it destroys");
        }

        if (hints?.ReadOnlyHint == false && access == ToolAccess.None)
        {
            access = ToolAccess.Write;
            why.Add("its server says that it does more than read");
        }

        if (access != ToolAccess.None)
        {
            return new(access, destroys || (access & Highest) != 0 ? RiskTier.High : RiskTier.Medium, Sentence(why, hints, trusted));
        }

        return ThatReads(tool, trusted, why);
    }

    private static ProposedReach ThatReads(Tool tool, bool trusted, List<string> why)
    {
        IReadOnlyList<string> name = NameWords.Of(tool.Name);
        string? secret = name.FirstOrDefault(EffectWords.IsSecret);
        string? verb = name.FirstOrDefault(EffectWords.IsRead);
        bool isBelieved = trusted && tool.Annotations?.ReadOnlyHint == true;
        if (verb is null && !isBelieved)
        {
            why.Add("nothing says what it does");
            return new(ToolAccess.Write, RiskTier.Medium, Sentence(why, tool.Annotations, trusted));
        }

        why.Add(verb is null ? "its server, which is trusted, says that it only reads" : $"the word {verb} stands for read");
        if (secret is not null)
        {
            why.Add($"the word {secret} may stand for a secret");
        }

        return new(ToolAccess.Read, secret is null ? RiskTier.Low : RiskTier.Medium, Sentence(why, tool.Annotations, trusted));
    }

    private static ToolAccess OfWords(Tool tool, List<string> why)
    {
        ToolAccess access = ToolAccess.None;
        IReadOnlyList<string> name = NameWords.Of(tool.Name);
        string opening = NameWords.Opening(tool.Description);
        bool reads = name.Any(EffectWords.IsRead);
        foreach ((string word, ToolAccess effect) in name.Select(w => (w, EffectWords.EffectOf(w, reads))).Append((opening, EffectWords.EffectOfVerb(opening))))
        {
            if ((effect & ~access) != 0)
            {
                access |= effect;
                why.Add($"the word {word} stands for {Word(effect)}");
            }
        }

        return access;
    }

    private static ToolAccess OfArguments(JsonElement schema, List<string> why)
    {
        ToolAccess access = ToolAccess.None;
        foreach (string name in SchemaArguments.Names(schema))
        {
            IReadOnlyList<string> words = NameWords.Of(name);
            ToolAccess effect = (words.Any(EffectWords.IsPlace) ? ToolAccess.Send : ToolAccess.None) | (words.Any(EffectWords.IsProgram) ? ToolAccess.Execute : ToolAccess.None);
            if ((effect & ~access) != 0)
            {
                access |= effect;
                why.Add((effect & ToolAccess.Execute) != 0 ? "an argument is a program" : "an argument is an address, and what stands in an address leaves with it");
            }
        }

        return access;
    }

    private static string Sentence(List<string> why, ToolAnnotations? hints, bool trusted)
    {
        if (hints?.ReadOnlyHint == true && !trusted)
        {
            why.Add("its server calls it read-only, which is not believed of a server that is not trusted");
        }

        return $"Proposed and not reviewed: {string.Join("; ", why)}.";
    }

    private static string Word(ToolAccess effect) => effect switch
    {
        ToolAccess.Delete => "delete",
        ToolAccess.Execute => "execute",
        ToolAccess.Send => "send",
        _ => "write",
    };
}
