using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>Real tool calls that others published: intake takes or refuses each as a small oracle does, whatever form they come in, and never throws.</summary>
public sealed class ToolCallCorpusTests(ITestOutputHelper output)
{
    private readonly Counts _counts = new();

    [CorpusFact]
    public void Every_published_call_is_taken_or_refused_as_the_oracle_says()
    {
        IReadOnlyList<CorpusCall> calls = CorpusCall.ReadAll();
        foreach (CorpusCall call in calls)
        {
            string? expected = IntakeOracle.Judge(call.Utf8, ArgumentLimits.Default);
            foreach ((string how, ToolArguments read) in Read(call))
            {
                _counts.Add($"{how}: {read.Refusal?.Code ?? "accepted"}");
                Assert.True(expected == read.Refusal?.Code, $"line {call.Line} as {how}: {read.Refusal?.Code ?? "accepted"}, the oracle says {expected ?? "accepted"}");
                if (read.Refusal is null)
                {
                    Assert.Equal(read.ToCanonicalJson(), ToolArguments.FromJson(read.ToCanonicalJson()).ToCanonicalJson());
                }
            }
        }

        _counts.Write(output, string.Create(CultureInfo.InvariantCulture, $"{calls.Count} calls"));
        Assert.InRange(calls.Count, 5_000, int.MaxValue);
    }

    // Few published lines are broken, so each is also broken here, in twenty ways.
    [CorpusFact]
    public void Broken_copies_of_every_published_call_are_refused_exactly_where_the_oracle_refuses_them()
    {
        var dice = new Random(44);
        foreach (CorpusCall call in CorpusCall.ReadAll().Where(static (_, i) => i % 5 == 0).Where(static c => IntakeOracle.Judge(c.Utf8, ArgumentLimits.Default) is null))
        {
            foreach ((string how, byte[] utf8) in BrokenCopies.Of(call.Arguments, dice))
            {
                string? expected = IntakeOracle.Judge(utf8, ArgumentLimits.Default);
                string? refusal = ToolArguments.FromUtf8(utf8).Refusal?.Code;
                _counts.Add($"{how}: {refusal ?? "accepted"}");


                // What isn't JSON may show another fault before the place where it breaks.
                bool agree = expected == refusal || (expected == DecisionCodes.ArgumentsMalformed && refusal is not null);
                Assert.True(agree, $"line {call.Line}, {how}: {refusal ?? "accepted"}, the oracle says {expected ?? "accepted"}: {System.Text.Encoding.UTF8.GetString(utf8.AsSpan(0, Math.Min(utf8.Length, 300)))}");
            }
        }

        _counts.Write(output, "broken copies");
        foreach (string code in new[]
        {
            DecisionCodes.ArgumentsMalformed, DecisionCodes.ArgumentsNotObject, DecisionCodes.ArgumentsDuplicateName, DecisionCodes.ArgumentsInvalidText,
            DecisionCodes.ArgumentsTooDeep, DecisionCodes.ArgumentsTooMany, DecisionCodes.ArgumentsTooLarge,
        })
        {
            Assert.True(_counts.Any(": " + code), $"Nothing was refused as {code}.");
        }
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"a":[{"b":1},{"b":2}],"c":"😀"}""", null)]
    [InlineData("", DecisionCodes.ArgumentsMalformed)]
    [InlineData("null", DecisionCodes.ArgumentsNotObject)]
    [InlineData("""{"a":1,"\u0061":2}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("""{"a":{"b":1,"B":2}}""", DecisionCodes.ArgumentsDuplicateName)]
    [InlineData("""{"a":"\ud800"}""", DecisionCodes.ArgumentsInvalidText)]
    [InlineData("""{"a":1}{""", DecisionCodes.ArgumentsMalformed)]
    [InlineData("""{"a":[[[]]]}""", DecisionCodes.ArgumentsTooDeep)]
    [InlineData("""{"a":[1,2,3,4,5,6,7,8]}""", DecisionCodes.ArgumentsTooMany)]
    [InlineData("""{"a":"0123456789012345678901234567890123456789"}""", DecisionCodes.ArgumentsTooLarge)]
    public void The_oracle_itself_refuses_what_the_page_says(string json, string? code) =>
        Assert.Equal(code, IntakeOracle.Judge(System.Text.Encoding.UTF8.GetBytes(json), new ArgumentLimits(MaxBytes: 40, MaxDepth: 3, MaxNodes: 8)));

    // As text, as an element, and as a dictionary of elements.
    private static IEnumerable<(string, ToolArguments)> Read(CorpusCall call)
    {
        yield return ("text", ToolArguments.FromJson(call.Arguments));
        yield return ("bytes", ToolArguments.FromUtf8(call.Utf8));
        if (IntakeOracle.Judge(call.Utf8, ArgumentLimits.Default) is null)
        {
            JsonElement element = JsonElement.Parse(call.Arguments);
            yield return ("element", ToolArguments.FromJson(element));
            yield return ("dictionary", ToolArguments.FromDictionary(element.EnumerateObject().Select(static p => KeyValuePair.Create(p.Name, p.Value))));
        }
    }
}
