using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Audit;
using ToolGuardrails.Tests.Allocation;

namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>The quick check of a line's members against the slow one, which reads every token.</summary>
public sealed class LineMembersTests
{
    private static readonly string Front = """{"v":1,"w":"yvyVwkg01iMKP213EtKf4A","n":2,"t":"2026-11-22T11:13:56.2232836Z","ev":"decision" """.TrimEnd();
    private const string Tail = ""","crc":"7a2bd280"}""";

    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ",", ":", "\"", "\\", "\\\"", "\\u0061", "\\u00g1", "\\x", "\"a\"", "\"b\"", "\"a\":", "\"b\":", "\"\":", "\"\\u0061\":", "1", "-1", "0", "01", "-", "1.5", "1.", ".5", "1e5",
        "1e", "1E+07", "true", "false", "null", "tru", " ", "\n", "\t", "{}", "[]", ",\"a\":1", ",\"b\":1", "\"c\":[1,2]", "\"d\":{\"a\":1,\"a\":2}", "é", "\u0001",
    ];

    [Theory]
    [InlineData(""","a":1,"b":{"a":2,"a":3},"c":[1,{"a":0}],"d":"\"}","e":-1.5e-3,"f":true,"g":null,"":"" """, true)]
    [InlineData(""","a":1,"b":{"a":2,"b":3},"c":[1,{"a":0},[],{}],"d":[[[{"x":[]}]]],"e":-1.5E+3,"f":[false,true],"g":null,"":"é" """, true)]
    [InlineData(""","a":1,"b":2,"a":3""", false)]
    [InlineData(""","a":1,"\u0061":3""", false)]
    [InlineData(""","ab":1,"ba":2,"cd":3,"dc":4,"longer than eight 1":1,"longer than eight 2":2""", true)]
    [InlineData(""","longer than eight 1":1,"longer than eight 2":2,"longer than eight 1":3""", false)]
    [InlineData(""","v":1""", false)]
    [InlineData(""","w":1""", false)]
    [InlineData(""","n":1""", false)]
    [InlineData(""","t":1""", false)]
    [InlineData(""","ev":1""", false)]
    [InlineData(""","crc":1""", false)]
    [InlineData(""","a":1}""", false)]
    [InlineData(""","a":1},""", false)]
    [InlineData(""","a":1,""", false)]
    [InlineData(""","a":[1""", false)]
    [InlineData(""","a":[1}""", false)]
    [InlineData(""","a":[1]]""", false)]
    [InlineData(""","a":[1,]""", false)]
    [InlineData(""","a":{"b"}""", false)]
    [InlineData(""","a":{"b":1,}""", false)]
    [InlineData(""","a":{,}""", false)]
    [InlineData(""","a":["b":1]""", false)]
    [InlineData(""","a" """, false)]
    [InlineData(""","a":"\u12g4" """, false)]
    [InlineData(""","a":"\q" """, false)]
    [InlineData(""","a":00""", false)]
    [InlineData(""","a":nul""", false)]
    [InlineData(""","a" :1""", true)]
    [InlineData("\u0020", true)]
    [InlineData("x", false)]
    public void Lines_are_told_apart(string members, bool isGood) => Assert.Equal(isGood, Problem(members.Trim(' ')) is null);

    [Fact]
    public void Bytes_that_arent_utf8_are_no_line()
    {
        byte[] line = Encoding.UTF8.GetBytes(Front + ",\"a\":\"xx\"" + Tail);
        line[Front.Length + 6] = 0xC3;
        Assert.Equal("The line isn't UTF-8.", LineMembers.Problem(line, Front.Length));
    }

    [Fact]
    public void Every_name_twice_is_found_among_many()
    {
        for (int count = 1; count < 80; count++)
        {
            for (int twice = 0; twice < count; twice++)
            {
                Assert.NotNull(Problem(string.Concat(Enumerable.Range(0, count).Append(twice).Select(static i => $",\"name{i}\":{i}"))));
            }

            Assert.Null(Problem(string.Concat(Enumerable.Range(0, count).Select(static i => $",\"name{i}\":{i}"))));
        }
    }

    [Fact]
    public void Strings_of_all_lengths_are_jumped_over()
    {
        for (int length = 0; length < 300; length++)
        {
            string text = new('a', length);
            Assert.Null(Problem($",\"{text}\":\"{text}\",\"b\":[\"{text}\"]"));
            Assert.NotNull(Problem($",\"{text}\":\"{text}\",\"b\":[\"{text}]"));
        }

        Assert.Null(Problem($",\"x\":\"{new string('a', 60_000)}\""));
    }

    // The slow check, to which the quick one leaves what it isn't sure of, keeps the names.
    [Fact]
    public void Ordinary_lines_of_all_lengths_are_checked_without_allocating()
    {
        List<byte[]> lines = [.. Enumerable.Range(0, 300).Select(static n => Encoding.UTF8.GetBytes($$"""{{Front}},"mode":"enforce","access":["read"],"tier":"low","longer than eight 1":1.5e3,"longer than eight 2":[],"args":{"id":{{n}},"note":"{{new string('é', n / 2)}}{{new string('a', n % 2)}}"}{{Tail}}"""))];
        Assert.Equal(0, Allocated.InOneRun(() => lines.ForEach(static line => Assert.Null(LineMembers.Problem(line, Front.Length)))));
    }

    [Fact]
    public void The_quick_check_judges_as_the_slow_one_does() => Check(
        from pieces in Gen.Elements(Pieces).ListOf() select "," + string.Concat(pieces),
        static members => AreAlike(Encoding.UTF8.GetBytes(Front + members + Tail)));

    [Fact]
    public void One_wrong_byte_in_a_real_line_is_judged_alike() => Check(
        from at in Gen.Choose(0, 100) from value in Gen.Choose(0, 127) from more in Gen.Elements("", ",\"reason\":\"it\\u0027s\"") select (at, (byte)value, more),
        static c =>
        {
            byte[] line = Encoding.UTF8.GetBytes(Front + ""","mode":"enforce","access":["read"],"facts":{"environment":"staging"},"tier":"low","n2":-1.5,"ok":true,"x":[]""" + c.more + Tail);
            line[Front.Length + c.at] = c.Item2;
            return AreAlike(line);
        });

    private static string? Problem(string members) => LineMembers.Problem(Encoding.UTF8.GetBytes(Front + members + Tail), Front.Length);

    private static bool AreAlike(byte[] line) => LineMembers.Problem(line, Front.Length) == LogLine.ProblemWithMembers(line);

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) =>
        Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithReplay(new Replay(new Rnd(42), FSharpOption<int>.None)));
}
