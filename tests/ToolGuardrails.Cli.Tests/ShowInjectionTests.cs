using System.Globalization;
using System.Text;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary>What a model, a person or whoever wrote the log put into a record can't steer the terminal, hide text or pass for another line (T29, T35).</summary>
public sealed class ShowInjectionTests : IDisposable
{
    private static readonly string[] Hostile =
    [
        "a\nb", "a\r\nb", "a\rb", "tab\there", "\u001b[2J\u001b[1;1HApproved", "\u001b]0;title\u0007", "\u009b31mred", "x\u202Eevil\u202C", "\u2066a\u2069", "zero\u200Bwidth\uFEFF", "\u2028line\u2029",
        "e" + "\u0301\u0301", "\u05D0\u05D1 100", "\u3164\u2800\uFFA0", "\uE000", "\U000E0041", "\u00A0\u3000", "[red]x[/]", "[[", "[link=https://evil.example]x[/]", "{0}", "\\n", "\"", "\u201Cquoted\u201D",
        "x\n#9  2026-11-22T11:13:09.9763702Z  decision  allow  allowed", "x" + new string(' ', 200) + "#9  2026-11-22T11:13:09.9763702Z  decision  allow  allowed",
    ];

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string> Places => ["prompt", "arguments", "reason", "tool", "result", "error", "call", "agent", "code", "kind", "tool_use", "rules"];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Places))]
    public async Task Text_from_outside_stays_on_its_line_and_shows_what_it_is(string place)
    {
        using HandMadeLog harmless = LogWith(place, "harmless");
        string[] expected = Beginnings(await CliRun.OfAsync("show", "s-1", "--audit", harmless.Directory));
        foreach (string text in Hostile)
        {
            using HandMadeLog log = LogWith(place, text);
            CliRun plain = (await CliRun.OfAsync("show", "s-1", "--audit", log.Directory)).With(ExitCode.Done);
            AssertSafe(plain.Out, log.Directory);

            // As many lines, each with the same beginning, as the harmless text has.
            Assert.Equal(expected, Beginnings(plain));

            CliRun json = (await CliRun.OfAsync("show", "s-1", "--json", "--audit", log.Directory)).With(ExitCode.Done);
            Assert.Single(json.Lines);
            Assert.DoesNotContain(json.Out.TrimEnd('\n'), static c => c is < ' ' or > '~');
        }
    }

    [Theory]
    [MemberData(nameof(Places))]
    public async Task On_a_terminal_only_our_own_escapes_are_written(string place)
    {
        foreach (string text in Hostile)
        {
            using HandMadeLog log = LogWith(place, text);
            CliRun run = (await CliRun.OfAsync(["show", "s-1", "--audit", log.Directory], static (o, e) => new Terminal(o, e) { HasColour = true, Width = 60 })).With(ExitCode.Done);
            Assert.Contains("\u001b[", run.Out, StringComparison.Ordinal);
            AssertSafe(WithoutColour(run.Out), log.Directory);
            Assert.All(run.Lines, static l => Assert.InRange(WithoutColour(l).Length, 0, 60));
        }
    }

    [Fact]
    public async Task The_rest_of_a_long_line_is_moved_in_so_that_it_passes_for_no_line_of_its_own()
    {
        const string forged = "#9  2026-11-22T11:13:09.9763702Z  decision  allow  allowed";
        using HandMadeLog log = LogWith("prompt", new string('x', 60 - 17) + forged);
        CliRun run = await CliRun.OfAsync(["show", "s-1", "--audit", log.Directory], static (o, e) => new Terminal(o, e) { Width = 60 });
        Assert.Contains("                #9  2026-11-22", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain(run.Lines, static l => l.StartsWith("#9", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Markup_of_the_renderer_is_text()
    {
        using HandMadeLog log = LogWith("code", "[red]allow[/]");
        CliRun run = await CliRun.OfAsync(["show", "s-1", "--audit", log.Directory], static (o, e) => new Terminal(o, e) { HasColour = true });
        Assert.Contains("[red]allow[/]", run.Out, StringComparison.Ordinal);
    }

    private HandMadeLog LogWith(string place, string text)
    {
        string Of(string where, string usual) => where == place ? text : usual;
        string decision = Records.Decision(Of("call", "c-1"), $",\"tool_use\":{Records.Text(Of("tool_use", "t-1"))},\"args\":{{\"a\":{Records.Text(Of("arguments", "x"))}}}", tool: Of("tool", "orders.get"), code: "CODE", reason: Of("reason", "Because."));
        return new HandMadeLog(_folder.Combine("audit"))
            .Add(Records.Prompt(Of("prompt", "Hello.")))
            .Add(decision.Replace("\"CODE\"", Records.Text(Of("code", "allowed")), StringComparison.Ordinal)
                .Replace("\"support-agent\"", Records.Text(Of("agent", "support-agent")), StringComparison.Ordinal)
                .Replace("\"grant:support-agent/read-orders\"", Records.Text(Of("rules", "grant:a/b")), StringComparison.Ordinal))
            .Add(Records.Outcome("c-1", $",\"error\":{Records.Text(Of("error", "failed"))},\"result\":{Records.Text(Of("result", "Done."))}"))
            .Add($"\"ev\":{Records.Text(Of("kind", "other"))},\"session\":\"s-1\",{Records.Text(Of("kind", "member"))}:1")
            .Seal()
            .Write();
    }

    private static string[] Beginnings(CliRun run) =>
        [.. run.Lines.Select(static l => l[0] == '#' ? l.Split(' ')[0] : l[0] == ' ' ? "    " : l.Split(' ')[0])];

    private static string WithoutColour(string text)
    {
        var plain = new StringBuilder();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\u001b' && i + 1 < text.Length && text[i + 1] == '[')
            {
                int end = text.IndexOf('m', i);
                Assert.True(text[(i + 2)..end].All(static c => char.IsAsciiDigit(c) || c == ';'), $"An escape that isn't a colour stands in: {text}");
                i = end;
                continue;
            }

            plain.Append(text[i]);
        }

        return plain.ToString();
    }

    private static void AssertSafe(string shown, string directory)
    {
        foreach (Rune rune in shown.Replace(directory, "", StringComparison.Ordinal).EnumerateRunes())
        {
            bool isSafe = rune.Value == '\n' || (rune.Value is >= 0x20 and < 0x7F) || (rune.Value > 0xA0 && Rune.GetUnicodeCategory(rune) is UnicodeCategory.LowercaseLetter or UnicodeCategory.UppercaseLetter);
            Assert.True(isSafe, $"U+{rune.Value:X4} stands unescaped in: {shown}");
        }

        Assert.DoesNotContain(shown.Split('\n'), static l => l.StartsWith("#9", StringComparison.Ordinal));
        Assert.DoesNotContain(new string(' ', 30), shown, StringComparison.Ordinal);
    }
}
