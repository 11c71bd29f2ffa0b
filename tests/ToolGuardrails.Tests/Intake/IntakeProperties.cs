using System.Globalization;
using System.Numerics;
using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Tests.Intake;

public sealed class IntakeProperties
{
    private static readonly Gen<string> Digits = from count in Gen.Choose(1, 25) from digits in Gen.Elements('0', '0', '1', '5', '9').ListOf(count) select new string([.. digits]);

    private static readonly Gen<string> Number =
        from sign in Gen.Elements("", "-")
        from whole in Gen.OneOf(Gen.Elements("0", "1", "10", "99", "100"), Digits.Select(static d => d.TrimStart('0') is { Length: > 0 } n ? n : "0"))
        from fraction in Gen.OneOf(Gen.Constant(""), Digits.Select(static d => "." + d))
        from exponent in Gen.OneOf(Gen.Constant(""), Gen.Choose(-60, 60).Select(static e => "e" + e.ToString(CultureInfo.InvariantCulture)), Gen.Elements("E+0", "e-0", "e+007", "E-02"))
        select sign + whole + fraction + exponent;

    // Names that agree under OrdinalIgnoreCase come up often.
    private static readonly Gen<string> Name = Gen.Elements(
        "a", "A", "b", "É", "é", "σ", "ς", "Σ", "ı", "I", "i", "İ", "ſ", "s", "S", "K", "k", "\u212A", "ß", "ẞ", "ǆ", "ǅ", "Ǆ", "\U00010428", "\U00010400", "ﬀ", "x", "X", "ა", "Ა")
        .NonEmptyListOf().Select(static parts => string.Concat(parts.Take(2)));

    [Fact]
    public void Every_spelling_of_a_value_has_the_same_canonical_form() => Check(
        from tree in JsonTree.Objects from a in Gen.Choose(0, int.MaxValue) from b in Gen.Choose(0, int.MaxValue) select (tree, a, b),
        static c => Canonical(c.tree.Spell(c.a)) == Canonical(c.tree.Spell(c.b)));

    [Fact]
    public void The_canonical_form_of_a_canonical_form_is_itself() => Check(
        from tree in JsonTree.Objects from a in Gen.Choose(0, int.MaxValue) select (tree, a),
        static c => Canonical(c.tree.Spell(c.a)) is var once && Canonical(once) == once);

    [Fact]
    public void Canonical_forms_are_equal_exactly_where_values_and_number_texts_are() => Check(
        from pair in JsonTree.Pairs from a in Gen.Choose(0, int.MaxValue) from b in Gen.Choose(0, int.MaxValue) select (pair, a, b),
        static c => (c.pair.A.Key == c.pair.B.Key) == (Canonical(c.pair.A.Spell(c.a)) == Canonical(c.pair.B.Spell(c.b))));

    [Fact]
    public void Numbers_compare_as_they_do_with_whole_number_arithmetic() => Check(
        from a in Number from b in Gen.OneOf(Number, Gen.Constant(a), Gen.Constant("-" + a.TrimStart('-')), Gen.Constant(a + (a.Contains('e', StringComparison.OrdinalIgnoreCase) ? "" : "e0"))) select (a, b),
        static c => Math.Sign(Compare(c.a, c.b)) == Scaled(c.a).CompareTo(Scaled(c.b)),
        tests: 20_000);

    [Fact]
    public void Two_names_are_refused_exactly_where_the_frameworks_case_ignoring_comparer_holds_them_equal() => Check(
        from a in Name from b in Name select (a, b),
        static c => (ToolArguments.FromDictionary(new KeyValuePair<string, object?>[] { new(c.a, 1), new(c.b, 2) }).Refusal is not null) == string.Equals(c.a, c.b, StringComparison.OrdinalIgnoreCase),
        tests: 20_000);

    [Fact]
    public void A_decimal_is_handed_out_only_where_it_is_exact() => Check(Number, static n =>
    {
        bool found = ToolArguments.FromJson($$"""{"n":{{n}}}""").TryGetDecimal("n", out decimal value);
        return !found || Scaled(value.ToString(CultureInfo.InvariantCulture)) == Scaled(n);
    });

    [Theory]
    [InlineData("1e999999", "1e1000", 1)]
    [InlineData("-1e999999", "1e-999999", -1)]
    [InlineData("0e999999", "0", 0)]
    [InlineData("0.000", "-0", 0)]
    [InlineData("100e-2", "1", 0)]
    [InlineData("0.9999999999999999999999999999999999999999", "1", -1)]
    [InlineData("9007199254740993", "9007199254740992", 1)]
    public void Numbers_that_no_double_could_compare_are_compared(string a, string b, int expected) => Assert.Equal(expected, Compare(a, b));

    [Theory]
    [InlineData("1e1000000")]
    [InlineData("1e-1000000")]
    [InlineData("1E+99999999999999999999")]
    public void A_number_with_a_huge_exponent_is_not_compared_at_all(string number) =>
        Assert.False(ExactNumber.TryParse(Encoding.UTF8.GetBytes(number), out _));

    private static int Compare(string a, string b)
    {
        Assert.True(ExactNumber.TryParse(Encoding.UTF8.GetBytes(a), out ExactNumber x));
        Assert.True(ExactNumber.TryParse(Encoding.UTF8.GetBytes(b), out ExactNumber y));
        return ExactNumber.Compare(x, y);
    }

    private static string Canonical(string json)
    {
        ToolArguments arguments = ToolArguments.FromJson(json);
        return arguments.Refusal is null ? arguments.ToCanonicalJson() : throw new InvalidOperationException($"{arguments.Refusal}: {json}");
    }

    // The value times ten to the hundred, which is whole for everything generated here.
    private static BigInteger Scaled(string number)
    {
        string[] parts = number.ToLowerInvariant().Split('e');
        int exponent = parts.Length > 1 ? int.Parse(parts[1], CultureInfo.InvariantCulture) : 0;
        string[] digits = parts[0].Split('.');
        int places = digits.Length > 1 ? digits[1].Length : 0;
        return BigInteger.Parse(string.Concat(digits), CultureInfo.InvariantCulture) * BigInteger.Pow(10, 100 + exponent - places);
    }

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds, int tests = 3_000) =>
        Prop.ForAll(gen.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(tests).WithReplay(new Replay(new Rnd(20261122), FSharpOption<int>.None)));
}
