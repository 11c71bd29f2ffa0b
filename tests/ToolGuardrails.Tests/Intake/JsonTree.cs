using System.Globalization;
using System.Text;
using FsCheck;
using FsCheck.Fluent;

namespace ToolGuardrails.Tests.Intake;

/// <summary>A random JSON value that can be spelled in many ways: order of members, white space, escapes. Numbers have one spelling, their text.</summary>
internal abstract record JsonTree
{
    private static readonly Gen<string> Name = Gen.Elements(
        "", "a", "b", "ab", "é", "e\u0301", "\uE000", "\U0001F600", "\uFFFD", "\uFB33", "z", "~", " ", "\t", "\"", "\\", "/", "\0", "\u001f", "\u007f", "\u2028", "10", "9");

    private static readonly Gen<string> AnyText =
        Name.ListOf().Select(static parts => string.Concat(parts));

    private static readonly Gen<JsonTree> Leaf = Gen.OneOf(
        AnyText.Select(static t => (JsonTree)new Scalar('s', t)),
        Gen.Elements("0", "-0", "1", "1.0", "1.00", "1e0", "1E0", "10", "1e1", "1e+1", "-1", "0.1", "12345678901234567890", "1e400").Select(static n => (JsonTree)new Scalar('n', n)),
        Gen.Elements("true", "false", "null").Select(static w => (JsonTree)new Scalar('w', w)));

    /// <summary>Objects, as arguments are.</summary>
    public static Gen<JsonTree> Objects { get; } = Object(3);

    /// <summary>Two trees that are often equal, or differ in little.</summary>
    public static Gen<(JsonTree A, JsonTree B)> Pairs { get; } = Gen.OneOf(
        from a in Objects from b in Objects select (a, b),
        from a in Objects select (a, a),
        from a in Object(1) from b in Object(1) select (a, b),
        from n in Name from a in Leaf from b in Leaf select ((JsonTree)new Members([(n, a)]), (JsonTree)new Members([(n, b)])));

    /// <summary>Equal for the same value with the same number text, whatever the order of members.</summary>
    public abstract string Key { get; }

    /// <summary>The text, spelled as the dice say.</summary>
    public string Spell(int seed)
    {
        var into = new StringBuilder();
        Spell(into, new Random(seed));
        return into.ToString();
    }

    protected abstract void Spell(StringBuilder into, Random dice);

    private static Gen<JsonTree> Value(int depth) => depth == 0
        ? Leaf
        : Gen.OneOf(Leaf, Object(depth - 1), from items in Value(depth - 1).ListOf() select (JsonTree)new Items([.. items.Take(4)]));

    private static Gen<JsonTree> Object(int depth) =>
        from members in (from name in Name from value in Value(depth) select (Name: name, Value: value)).ListOf()
        select (JsonTree)new Members([.. members.Take(6).DistinctBy(static m => m.Name, StringComparer.OrdinalIgnoreCase)]);

    private static void Gap(StringBuilder into, Random dice) => into.Append(" \t\r\n", dice.Next(4), dice.Next(4) == 0 ? 1 : 0);

    private static void SpellText(StringBuilder into, string text, Random dice)
    {
        into.Append('"');
        foreach (char c in text)
        {
            string plain = c switch { '"' => "\\\"", '\\' => "\\\\", '\t' => "\\t", '/' when dice.Next(2) == 0 => "\\/", _ => c.ToString() };
            bool escape = c < ' ' ? c != '\t' || dice.Next(2) == 0 : dice.Next(5) == 0;

            // Half a pair must not be escaped alone, or the text would hold a lone surrogate.
            into.Append(escape && !char.IsSurrogate(c) ? "\\u" + ((int)c).ToString(dice.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture) : plain);
        }

        into.Append('"');
    }

    private sealed record Scalar(char Kind, string Text) : JsonTree
    {
        public override string Key => $"{Kind}{Text.Length}:{Text}";

        protected override void Spell(StringBuilder into, Random dice)
        {
            if (Kind == 's')
            {
                SpellText(into, Text, dice);
            }
            else
            {
                into.Append(Text);
            }
        }
    }

    private sealed record Items(JsonTree[] Values) : JsonTree
    {
        public override string Key => $"[{Values.Length}:{string.Concat(Values.Select(static v => v.Key))}";

        protected override void Spell(StringBuilder into, Random dice)
        {
            into.Append('[');
            for (int i = 0; i < Values.Length; i++)
            {
                into.Append(i > 0 ? "," : "");
                Gap(into, dice);
                Values[i].Spell(into, dice);
                Gap(into, dice);
            }

            into.Append(']');
        }
    }

    private sealed record Members((string Name, JsonTree Value)[] All) : JsonTree
    {
        public override string Key =>
            $"{{{All.Length}:{string.Concat(All.OrderBy(static m => m.Name, StringComparer.Ordinal).Select(static m => $"{m.Name.Length}:{m.Name}{m.Value.Key}"))}";

        protected override void Spell(StringBuilder into, Random dice)
        {
            into.Append('{');
            (string Name, JsonTree Value)[] order = [.. All];
            dice.Shuffle(order);
            for (int i = 0; i < order.Length; i++)
            {
                into.Append(i > 0 ? "," : "");
                Gap(into, dice);
                SpellText(into, order[i].Name, dice);
                Gap(into, dice);
                into.Append(':');
                Gap(into, dice);
                order[i].Value.Spell(into, dice);
                Gap(into, dice);
            }

            into.Append('}');
        }
    }
}
