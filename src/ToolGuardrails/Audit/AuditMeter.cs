using System.Diagnostics.Metrics;

namespace ToolGuardrails.Audit;

/// <summary>How long calls wait for what keeps their records, as a metric. Nothing is asked of the clock while nobody listens.</summary>
internal static class AuditMeter
{
    private static readonly Histogram<double> Took = GuardrailTelemetry.Meter.CreateHistogram<double>(GuardrailTelemetry.AuditTime, "s", "A batch of records, through a required sink.");

    public static long? Start(TimeProvider time) => Took.Enabled ? time.GetTimestamp() : null;

    public static void End(TimeProvider time, long? started, string sink)
    {
        if (started is not { } began)
        {
            return;
        }

        try
        {
            Took.Record(time.GetElapsedTime(began).TotalSeconds, new KeyValuePair<string, object?>("sink", sink));
        }
        catch (Exception)
        {
            // A listener's: the sink has kept the batch all the same.
        }
    }
}
