using System.Diagnostics;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Telemetry;

/// <summary>A host with the OpenTelemetry SDK gets both by naming one source and one meter.</summary>
public sealed class OpenTelemetryTests
{
    [Fact]
    public async Task The_OpenTelemetry_SDK_exports_the_spans_and_the_metrics()
    {
        string policy = Words.ClerkWith("\"notes.any\":", "\"notes.exported\": { \"access\": [\"read\"], \"tier\": \"low\" }, \"notes.any\":");
        var spans = new Exported<Activity>(static s => $"{s.DisplayName} {s.GetTagItem(GuardrailTelemetry.ToolTag)} {s.GetTagItem(GuardrailTelemetry.CodeTag)}");
        var metrics = new Exported<Metric>(Text);
        using (TracerProvider tracing = Sdk.CreateTracerProviderBuilder().AddSource(GuardrailTelemetry.ActivitySourceName).AddProcessor(new SimpleActivityExportProcessor(spans)).Build())
        using (MeterProvider metering = Sdk.CreateMeterProviderBuilder().AddMeter(GuardrailTelemetry.MeterName).AddReader(new BaseExportingMetricReader(metrics)).Build())
        {
            await using GovernedHost host = GovernedHost.Start(policy);
            AgentSession session = host.Session();
            _ = await session.InvokeAsync("notes.exported", ToolArguments.Empty, Words.Done);
            _ = await session.InvokeAsync("notes.exported", ToolArguments.Empty, Words.Done);
            _ = await host.RecordsAsync();
            Assert.True(metering.ForceFlush());
        }

        // Other tests decide meanwhile.
        Assert.Equal(2, spans.Lines.Count(static l => l == "toolguardrails.decide notes.exported allowed"));
        Assert.Contains("toolguardrails.decisions agent=clerk code=allowed tier=low tool=notes.exported 2", metrics.Lines);
        Assert.Contains(metrics.Lines, static l => l.StartsWith("toolguardrails.audit.time sink=InMemoryAuditSink", StringComparison.Ordinal));
    }

    private static string Text(Metric metric)
    {
        var lines = new List<string>();
        foreach (ref readonly MetricPoint point in metric.GetMetricPoints())
        {
            var tags = new List<string>();
            foreach (KeyValuePair<string, object?> tag in point.Tags)
            {
                tags.Add($"{tag.Key}={tag.Value}");
            }

            string value = metric.MetricType == MetricType.LongSum ? $" {point.GetSumLong()}" : "";
            lines.Add($"{metric.Name} {string.Join(' ', tags)}{value}");
        }

        return string.Join('\n', lines);
    }

    private sealed class Exported<T>(Func<T, string> text) : BaseExporter<T>
        where T : class
    {
        private readonly List<string> _lines = [];

        public IReadOnlyList<string> Lines
        {
            get
            {
                lock (_lines)
                {
                    return [.. _lines];
                }
            }
        }

        public override ExportResult Export(in Batch<T> batch)
        {
            lock (_lines)
            {
                foreach (T item in batch)
                {
                    _lines.AddRange(text(item).Split('\n'));
                }
            }

            return ExportResult.Success;
        }
    }
}
