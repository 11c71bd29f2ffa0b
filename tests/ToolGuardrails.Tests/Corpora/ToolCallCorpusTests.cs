using System.Globalization;
using System.Text.Json;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>Real tool calls that others published: intake takes or refuses each, and never throws.</summary>
public sealed class ToolCallCorpusTests(ITestOutputHelper output)
{
    [CorpusFact]
    public void Every_published_call_goes_through_intake_without_an_exception()
    {
        var counts = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int lines = 0;
        int calls = 0;
        foreach (string line in File.ReadLines(Path.Combine(Repository.Shared!, "toolcalls.jsonl")))
        {
            using JsonDocument document = JsonDocument.Parse(line);
            lines++;
            if (!document.RootElement.TryGetProperty("arguments", out JsonElement arguments) || arguments.ValueKind == JsonValueKind.Null)
            {
                continue;
            }

            calls++;
            foreach ((string how, ToolArguments read) in Read(arguments))
            {
                string code = $"{how}: {read.Refusal?.Code ?? "accepted"}";
                counts[code] = counts.GetValueOrDefault(code) + 1;
                if (read.Refusal is null)
                {
                    Assert.Equal(read.ToCanonicalJson(), ToolArguments.FromJson(read.ToCanonicalJson()).ToCanonicalJson());
                }
                else
                {
                    Assert.NotEqual(JsonValueKind.Object, arguments.ValueKind);
                }
            }
        }

        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{lines} lines, {calls} with arguments"));
        foreach ((string code, int count) in counts)
        {
            output.WriteLine($"{count,8} {code}");
        }

        Assert.InRange(calls, 5_000, lines);
    }

    // As an element, as its own text, as text that the model sent, and as a dictionary of elements.
    private static IEnumerable<(string, ToolArguments)> Read(JsonElement arguments)
    {
        yield return ("element", ToolArguments.FromJson(arguments));
        yield return ("text", ToolArguments.FromJson(arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetRawText()));
        if (arguments.ValueKind == JsonValueKind.Object)
        {
            yield return ("dictionary", ToolArguments.FromDictionary(arguments.EnumerateObject().Select(static p => KeyValuePair.Create(p.Name, p.Value))));
        }
    }
}
