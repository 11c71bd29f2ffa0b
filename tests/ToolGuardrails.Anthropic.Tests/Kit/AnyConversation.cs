using FsCheck;
using FsCheck.Fluent;

namespace ToolGuardrails.Tests.Anthropic;

/// <summary>How a conversation is played.</summary>
internal enum Way
{
    Loop,
    StreamedLoop,
    Runner,
    StreamedRunner,
}

/// <summary>A random conversation: turns of tool uses with any names, inputs and callers, and what people then answer about what waits.</summary>
/// <param name="Way">How it is played.</param>
/// <param name="Turns">What the model says.</param>
/// <param name="Answers">For the calls that wait, from the first on, in the order in which they are answered: yes, no or nothing, and how often the call is resumed.</param>
internal sealed record AnyConversation(Way Way, string[] Turns, (string Says, int Resumes)[] Answers)
{
    // # is the use's own number, by which a tool that runs can be matched with its record.
    private static readonly Gen<(string Name, string Input)> Fitting = Gen.Elements(
        ("orders_get", """{"id":#}"""), ("refunds_create", """{"id":#,"amount":5}"""), ("refunds_create", """{"id":#,"amount":250}"""));

    private static readonly Gen<(string Name, string Input)> Any = Gen.Zip(
        Gen.Elements("orders_get", "refunds_create", "orders_delete", "rogue", "Orders_get", "orders_get ", "orders\u200b_get", ""),
        Gen.Elements(
            """{"id":#}""", """{"id":#,"amount":5}""", """{"id":#,"amount":-1}""", """{"id":#,"id":#}""", """{"id":#,"\u0069d":0}""", """{"id":#,"ID":0}""", """{"id":"#"}""", """{"id":#.5}""",
            """{"id":#,"more":{}}""", "{}", "[#]", "null", "\"#\"", "{\"id\":#,\"x\":" + new string('[', 40) + new string(']', 40) + "}"));

    private static readonly Gen<string> More = Gen.Elements(
        "", "", "", "", "", "", ""","caller":{"type":"direct"}""", ""","caller":{"type":"code_execution_20260120","tool_id":"s"}""", ""","caller":{"type":"new"}""", ""","caller":null""", ""","toolset_name":"browser" """);

    private static readonly Gen<string> Id = Gen.Elements("t1", "t2", "t3", "t4", "", "é");

    private static readonly Gen<(string Id, string Name, string Input, string More)> Use =
        from id in Id from call in Gen.OneOf(Fitting, Fitting, Any) from more in More select (id, call.Name, call.Input, more);

    public static Gen<AnyConversation> Of { get; } =
        from way in Gen.Elements(Enum.GetValues<Way>())
        from turns in Use.ListOf(4).Select(static u => u.ToArray()).NonEmptyListOf()
        from stops in Gen.Elements("tool_use", "tool_use", "tool_use", "tool_use", "tool_use", "tool_use", "max_tokens", "refusal").ListOf(3)
        from answers in Gen.Zip(Gen.Elements("yes", "yes", "no", "nothing"), Gen.Choose(0, 2)).ListOf(8)
        select new AnyConversation(way, Written(turns, stops), [.. answers]);

    public override string ToString() => $"{Way}, {string.Join(" ", Answers)}:\n{string.Join('\n', Turns)}";

    private static string[] Written(IEnumerable<(string Id, string Name, string Input, string More)[]> turns, IEnumerable<string> stops)
    {
        int number = 0;
        return [.. turns.Zip(stops, (uses, stop) => Anthropic.Answers.Of(stop, [.. uses.Select(u => Anthropic.Answers.Use(u.Id, u.Name, u.Input.Replace("#", $"{++number}", StringComparison.Ordinal), u.More))]))];
    }
}
