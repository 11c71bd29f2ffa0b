using System.Globalization;
using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Tests.Approval;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T34: an approver isn't shown what the policy hides, and still reads what kind of thing it is, how long, where it leads, and all the rest.</summary>
public sealed class T34_redaction_does_not_hide_the_danger
{
    private const string Canary = "sw0rdf1sh";

    [Theory]
    [InlineData("\"sw0rdf1sh\"", "(hidden string, 9 characters)")]
    [InlineData("\"\\ud834\\udd1e\\u0301\\n\"", "(hidden string, 3 characters)")]
    [InlineData("\"\"", "(hidden string, 0 characters)")]
    [InlineData("-12.50e7", "(hidden number, 8 characters)")]
    [InlineData("true", "(hidden boolean)")]
    [InlineData("null", "(hidden null)")]
    [InlineData("{\"a\":{\"b\":1},\"c\":[1]}", "(hidden object, 2 members, 21 bytes)")]
    [InlineData("[[1,2],{\"a\":3},null]", "(hidden array, 3 elements, 20 bytes)")]
    public void What_is_hidden_keeps_kind_and_length(string json, string shown) => Assert.Equal(shown, Hidden(json));

    [Theory]
    [InlineData("https://api.example.com/v1/sw0rdf1sh?key=sw0rdf1sh", ", a URL at https://api.example.com)")]
    [InlineData("HTTP://API.example.com:8443#sw0rdf1sh", ", a URL at HTTP://API.example.com:8443)")]
    [InlineData("http://10.0.0.1", ", a URL at http://10.0.0.1)")]
    [InlineData("sw0rdf1sh@mail.example.com", ", a mail address at mail.example.com)")]
    [InlineData("https://sw0rdf1sh@api.example.com/", "characters)")]
    [InlineData("https://api.example.com\\@sw0rdf1sh/", "characters)")]
    [InlineData("https://sw0rdf1sh%2eexample.com/", "characters)")]
    [InlineData("ftp://sw0rdf1sh.example.com/", "characters)")]
    [InlineData(" https://api.example.com/", "characters)")]
    [InlineData("a@example.com, sw0rdf1sh@example.com", "characters)")]
    [InlineData("p@sw0rdf1sh", "characters)")]
    [InlineData("p@sw0rdf1sh.4", "characters)")]
    [InlineData("p@sw0rdf1sh.a1b", "characters)")]
    [InlineData("@example.com", "characters)")]
    public void A_hidden_url_or_address_still_says_where_it_leads(string text, string end)
    {
        string shown = Hidden(JsonSerializer.Serialize(text));

        Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $"(hidden string, {text.Length} characters"), shown, StringComparison.Ordinal);
        Assert.EndsWith(end, shown, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, shown, StringComparison.Ordinal);
    }

    [Fact]
    public void What_stands_beside_a_hidden_value_is_shown_whole()
    {
        string text = Text("""{"amount":250.00,"customer":{"name":"Ana","ssn":"sw0rdf1sh"},"rows":[{"key":1},{"id":2,"KEY":"sw0rdf1sh"},3]}""", [["customer", "ssn"], ["rows", "key"]]);
        Dictionary<string, (string Measure, string Json)> shown = ShownArguments.Read(text);

        Assert.Equal(("number, 6 characters", "250.00"), shown["amount"]);
        Assert.Equal(("object, 2 members, 32 bytes", """{"name":"Ana","ssn":(hidden string, 9 characters)}"""), shown["customer"]);
        Assert.Equal("""[{"key":(hidden number, 1 character)},{"KEY":(hidden string, 9 characters),"id":2},(hidden number, 1 character)]""", shown["rows"].Json);
    }

    [Fact]
    public void Where_all_arguments_are_hidden_their_names_kinds_and_lengths_are_still_listed()
    {
        string text = Text("""{"amount":250.00,"note":"sw0rdf1sh","to":{"sw0rdf1sh":[1]}}""", [[]]);

        Assert.Contains(
            """
            Arguments:
              amount (number, 6 characters): (hidden number, 6 characters)
              note (string, 9 characters): (hidden string, 9 characters)
              to (object, 1 member, 17 bytes): (hidden object, 1 member, 17 bytes)
            End of arguments: 3 arguments, 59 bytes, for refunds.create

            """.ReplaceLineEndings("\n"),
            text,
            StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("note")]
    [InlineData("NOTE")]
    [InlineData("\\u006eote")]
    public void A_name_in_other_letters_hides_as_well(string name) =>
        Assert.DoesNotContain(Canary, Text($$"""{"{{name}}":"sw0rdf1sh"}""", [["note"]]), StringComparison.Ordinal);

    [Fact]
    public void A_hidden_value_that_changed_is_told_without_either_value()
    {
        string text = new SampleRequest
        {
            ArgumentsJson = """{"customer":{"name":"Ana","ssn":"sw0rdf1sh"},"note":"sw0rdf1sh","same":"sw0rdf1sh"}""",
            LastJson = """{"customer":{"name":"Ana","ssn":"123456789"},"note":"sw0rdf1sh!","same":"sw0rdf1sh"}""",
            Hidden = [["NOTE"], ["customer", "ssn"], ["same"]],
        }.Build().ToText();

        Assert.Contains("\nDifferences: 2 changed, 0 added, 0 removed, 1 unchanged\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  note (changed): (hidden string, 10 characters) -> (hidden string, 9 characters)\n", text, StringComparison.Ordinal);
        Assert.Contains("\n  customer (changed): {\"name\":\"Ana\",\"ssn\":(hidden string, 9 characters)} -> {\"name\":\"Ana\",\"ssn\":(hidden string, 9 characters)}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, text, StringComparison.Ordinal);
        Assert.DoesNotContain("123456789", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Text_of_the_call_cannot_pass_for_a_hidden_value() =>
        Assert.Equal("\"(hidden string, 9 characters)\"", ShownArguments.Read(Text("""{"a":"(hidden string, 9 characters)"}""", [["note"]]))["a"].Json);

    [Fact]
    public void Whatever_is_hidden_it_never_appears_and_all_else_reads_back()
    {
        Gen<string> texts = Gen.OneOf(Gen.Elements(UnsafeText.Corpus), Gen.Elements("", "a", "é", "\"", "\\", "(hidden null)", "x -> y"));
        Gen<string> secrets = Gen.Elements($"\"{Canary}\"", $"\"\\u202e{Canary} \\u0001\"", $"{{\"{Canary}\":[\"{Canary}\"]}}", $"[\"{Canary}\",{{\"key\":\"{Canary}\"}}]", $"\"https://api.example.com/{Canary}\"", $"\"{Canary}@mail.example.com\"", $"\"p@{Canary}\"");
        Gen<string> hidden = Gen.Elements("secret", "Secret", "SECRET");
        var calls = from text in texts from now in secrets from before in secrets from name in hidden from whole in Gen.Elements(0, 1, 2) select (text, now, before, name, whole);
        Prop.ForAll(calls.ToArbitrary(), static c => IsHiddenAndWhole(c.text, c.now, c.before, c.name, c.whole == 0))
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(new Replay(new Rnd(20260106), FSharpOption<int>.None)));
    }

    private static bool IsHiddenAndWhole(string text, string now, string before, string name, bool everything)
    {
        string open = JsonSerializer.Serialize(text);
        ApprovalRequest request = new SampleRequest
        {
            ArgumentsJson = $$"""{"open":{{open}},"n{{name}}":{"{{name}}":{{now}},"open":{{open}}},"{{name}}":{{now}}}""",
            LastJson = $$"""{"open":{{open}},"n{{name}}":{"{{name}}":{{before}},"open":{{open}}},"{{name}}":{{before}},"gone":{{open}}}""",
            Hidden = everything ? [[]] : [["secret"], ["nsecret", "secret"]],
        }.Build();
        string rendered = request.ToText();
        Dictionary<string, (string Measure, string Json)> shown = ShownArguments.Read(rendered);
        return !rendered.Contains(Canary, StringComparison.Ordinal) && !UnsafeText.Has(rendered)
            && shown.Count == 3
            && (everything || (JsonDocument.Parse(shown["open"].Json).RootElement.GetString() == text && Nested(shown["n" + name].Json) == text));
    }

    // The place of the hidden member is the only one without quotes, so that replacing the words by null gives JSON again.
    private static string? Nested(string shown)
    {
        int at = shown.IndexOf(":(hidden ", StringComparison.Ordinal) + 1;
        int end = shown.IndexOf(')', at) + 1;
        return JsonDocument.Parse(Encoding.UTF8.GetBytes($"{shown[..at]}null{shown[end..]}")).RootElement.GetProperty("open").GetString();
    }

    private static string Hidden(string json) => ShownArguments.Read(Text($$"""{"note":{{json}}}""", [["note"]]))["note"].Json;

    private static string Text(string arguments, string[][] hidden) => new SampleRequest { ArgumentsJson = arguments, Hidden = hidden }.Build().ToText();
}
