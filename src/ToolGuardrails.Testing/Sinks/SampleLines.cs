using System.Globalization;

namespace ToolGuardrails.Testing.Sinks;

/// <summary>Records as a pipeline writes them: finished lines of every length, with text that is easy to break.</summary>
internal static class SampleLines
{
    private static readonly string[] Texts =
    [
        "Where is order 1007?",
        "",
        "two\nlines\r\nand a tab\t, a quote \", a backslash \\ and a brace }",
        "ключ, 名前, \u202e\u200b\ufeff and \ud83d\ude00",
        "\u0000\u0001\u001b[2J",
        "{\"ev\":\"decision\",\"crc\":\"00000000\"}",
        new string('x', 8_000),
        new string('\u0001', 8_000),
    ];

    /// <summary>Makes lines.</summary>
    /// <param name="count">How many; the texts come round again and again.</param>
    public static async Task<IReadOnlyList<ReadOnlyMemory<byte>>> MakeAsync(int count)
    {
        var sink = new CollectingAuditSink();
        var options = new GuardrailOptions { Audit = { CommitmentKey = new byte[32], Timeout = TimeSpan.FromMinutes(5) } };
        options.Sinks.Add(new AuditSinkRegistration(sink));
        var pipeline = GuardrailPipeline.Create(options);
        await using (pipeline.ConfigureAwait(false))
        {
            using AgentSession session = pipeline.StartSession("contract-agent", sessionId: "contract");
            for (int i = 0; i < count; i++)
            {
                string number = i.ToString(CultureInfo.InvariantCulture);
                await session.RecordPromptAsync(Texts[i % Texts.Length] + number).ConfigureAwait(false);
            }
        }

        return [.. sink.Records.Take(count).Select(static r => r.Line)];
    }
}
