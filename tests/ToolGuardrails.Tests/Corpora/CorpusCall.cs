using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>One line of the published calls that names a tool.</summary>
/// <param name="Line">Its number in the file, from 1.</param>
/// <param name="Suite">Where it was published, such as <c>tau2/airline</c>.</param>
/// <param name="Task">The task that it belongs to.</param>
/// <param name="Agent">Who made it: <c>ground-truth</c>, <c>model</c>, <c>derived</c> or <c>injected</c>.</param>
/// <param name="Tool">The tool's name, as it was called.</param>
/// <param name="Arguments">What was proposed, as the file has it. A text stands for arguments that couldn't be parsed when they were collected.</param>
internal sealed record CorpusCall(int Line, string Suite, string Task, string Agent, string Tool, string Arguments)
{
    /// <summary>The suite without what stands behind the slash.</summary>
    public string Family => Suite.Split('/')[0];

    public byte[] Utf8 => Encoding.UTF8.GetBytes(Arguments);

    public static IReadOnlyList<CorpusCall> ReadAll()
    {
        var calls = new List<CorpusCall>();
        int line = 0;
        foreach (string text in File.ReadLines(Path.Combine(Repository.Shared!, "toolcalls.jsonl")))
        {
            line++;
            using JsonDocument document = JsonDocument.Parse(text);
            JsonElement root = document.RootElement;
            if (root.GetProperty("tool").GetString() is { } tool)
            {
                JsonElement arguments = root.GetProperty("arguments");
                calls.Add(new CorpusCall(
                    line,
                    root.GetProperty("suite").GetString()!,
                    root.GetProperty("task_id").GetString()!,
                    root.GetProperty("agent").GetString()!,
                    tool,
                    arguments.ValueKind == JsonValueKind.String ? arguments.GetString()! : arguments.GetRawText()));
            }
        }

        return calls;
    }
}
