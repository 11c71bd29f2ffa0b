using System.Globalization;
using System.Text;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>A policy of any size: so many agents, tools and grants.</summary>
internal static class ScaledPolicy
{
    /// <summary>The agent, and the tool of its first grant, that every size has.</summary>
    public const string Agent = "agent-0", Tool = "tool-0.get";

    public static GuardrailPolicy Of(int agents, int tools, int rules)
    {
        var json = new StringBuilder("""{"version":1,"name":"scaled","tools":{""");
        for (int t = 0; t < tools; t++)
        {
            Append(json, t, $$$"""
                "tool-{{{t}}}.get":{"access":["read"],"tier":"low","arguments":{"id":"integer","region":"string","link":"string"}}
                """);
        }

        json.Append("},\"agents\":{");
        for (int a = 0; a < agents; a++)
        {
            Append(json, a, $$"""
                "agent-{{a}}":{"owner":"maria.ortiz@example.com","tier":"low","grants":[
                """);
            for (int r = 0; r < rules / agents; r++)
            {
                Append(json, r, $$$$"""
                    {"id":"g{{{{r}}}}","tools":"tool-{{{{(a * 7 + r) % tools}}}}.get","where":{"arg.region":{"equals":"north"}}}
                    """);
            }

            json.Append("]}");
        }

        return GuardrailPolicy.Parse(json.Append("}}").ToString());
    }

    private static void Append(StringBuilder json, int index, FormattableString text) =>
        json.Append(index == 0 ? "" : ",").Append(text.ToString(CultureInfo.InvariantCulture));
}
