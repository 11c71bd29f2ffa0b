namespace ToolGuardrails.Tests.Reference;

/// <summary>Random calls for a policy: mostly well-formed, so that conditions decide, and now and then not.</summary>
internal sealed class CallDice(Random dice)
{
    private static readonly string[] Texts =
    [
        "\"a\"", "\"b\"", "\"ab\"", "\"A\"", "\"\"", "\"\\u0061\"", "\"/srv/a\"", "\"/etc\"", "\"/srv/../etc\"", "\"https://api.example.com/x\"", "\"http://evil.example\"",
        "\"https://api.example.com@evil.example\"", "\"a@customer.example\"", "\"a@evil.io\"", "\"a@evil.io, b@customer.example\"",
    ];

    private static readonly string[] Numbers = ["0", "-0", "4", "5", "5.0", "50e-1", "5.000000000000000000001", "100", "1e2", "101", "-5", "1e1000000"];
    private static readonly string[] Wholes = ["0", "4", "5", "6", "100", "-5", "9007199254740993"];
    private static readonly string[] Truths = ["true", "false"];

    public ReferenceCall Call(ReferencePolicy policy)
    {
        string tool = Chance(3) ? One("d", "C", "c ", "a.Read", "") : One([.. policy.Tools.Select(static t => t.Id)]);
        int depth = Chance(60) ? 1 : Chance(90) ? dice.Next(2, 5) : dice.Next(5, 10);
        string[] agents = [.. Enumerable.Range(0, depth).Select(_ => Chance(2) ? One("nobody", "One") : One("one", "two", "three"))];
        (string arguments, string? refusal) = Arguments(policy.Tools.SingleOrDefault(t => t.Id == tool));
        return new ReferenceCall(agents, One("s1", "s2"), Chance(70) ? GovernedHost.Dana : null, One(null, "north", "south"), tool, arguments, refusal);
    }

    private T One<T>(params T[] of) => of[dice.Next(of.Length)];

    private bool Chance(int percent) => dice.Next(100) < percent;

    private (string Json, string? Refusal) Arguments(ReferenceTool? tool)
    {
        if (Chance(3))
        {
            return One(
                ("{\"s\":\"a\",\"S\":\"b\"}", DecisionCodes.ArgumentsDuplicateName), ("{\"s\":\"a\",\"\\u0073\":\"a\"}", DecisionCodes.ArgumentsDuplicateName),
                ("[]", DecisionCodes.ArgumentsNotObject), ("{\"s\":", DecisionCodes.ArgumentsMalformed), ("{\"s\":\"\\ud800\"}", DecisionCodes.ArgumentsInvalidText));
        }

        IEnumerable<string> names = tool?.Arguments is { } declared
            ? declared.Where(d => !d.Value.EndsWith('?') || Chance(60)).Select(static d => d.Key)
            : new[] { "s", "n", "x" }.Where(_ => Chance(50));
        List<string> members = [.. names.Where(_ => !Chance(1)).Select(n => $"\"{Spelled(n)}\":{(Chance(4) ? "null" : Value(n))}")];
        members.AddRange(Chance(3) ? [One("\"z\":1", "\"ctx\":{\"env\":\"none\"}", "\"ctx.env\":\"none\"", "\"arg.s\":\"a\"")] : []);
        string[] order = [.. members];
        dice.Shuffle(order);
        return ("{" + string.Join(", ", order) + "}", null);
    }

    private string Spelled(string name) => Chance(10) ? "\\u00" + ((int)name[0]).ToString("x2", System.Globalization.CultureInfo.InvariantCulture) : name;

    private string Value(string name) => Chance(2) ? One("1", "\"a\"", "{}", "[1]", "true") : name switch
    {
        "s" => One(Texts),
        "n" => One(Numbers),
        "i" => One(Wholes),
        "b" => One(Truths),
        "l" => List(() => One(Texts)),
        _ => One(One(Texts), One(Numbers), One(Truths), "{\"a\":1}", List(() => One(One(Texts), One(Numbers), One(Truths), "null", "[\"a\"]", "{}"))),
    };

    private string List(Func<string> item) => "[" + string.Join(',', Enumerable.Range(0, dice.Next(4)).Select(_ => item())) + "]";
}
