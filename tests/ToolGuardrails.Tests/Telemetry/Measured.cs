using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace ToolGuardrails.Tests.Telemetry;

/// <summary>Everything that the library tells while this listens, of this test's own tools: others run meanwhile.</summary>
internal sealed class Measured : IDisposable
{
    private readonly ActivityListener _spans;
    private readonly MeterListener _meters;
    private readonly string? _agent;

    public Measured(string? agent = null, bool throws = false, bool spans = true)
    {
        _agent = agent;
        _spans = new ActivityListener
        {
            ShouldListenTo = static s => s.Name == GuardrailTelemetry.ActivitySourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => throws && IsMine ? throw new InvalidOperationException("listener") : ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = s =>
            {
                if (IsMine)
                {
                    Spans.Enqueue(s);
                }
            },
        };
        if (spans)
        {
            ActivitySource.AddActivityListener(_spans);
        }

        _meters = new MeterListener { InstrumentPublished = Publish };
        _meters.SetMeasurementEventCallback<long>((i, value, tags, _) => Add(i, value, tags, throws));
        _meters.SetMeasurementEventCallback<double>((i, value, tags, _) => Add(i, value, tags, throws));
        _meters.Start();
    }

    /// <summary>What marks the test's own flow.</summary>
    public static AsyncLocal<Measured?> Mine { get; } = new();

    public ConcurrentQueue<Activity> Spans { get; } = new();

    /// <summary>Each measurement: the instrument's name, and its tags in order.</summary>
    public ConcurrentQueue<string> Measurements { get; } = new();

    private bool IsMine => Mine.Value == this;

    public void Dispose()
    {
        _spans.Dispose();
        _meters.Dispose();
    }

    private static void Publish(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter.Name == GuardrailTelemetry.MeterName)
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }

    private void Add<T>(Instrument instrument, T value, ReadOnlySpan<KeyValuePair<string, object?>> tags, bool throws)
    {
        if (!IsMine && instrument.Name != GuardrailTelemetry.AuditTime)
        {
            return;
        }

        Measurements.Enqueue($"{instrument.Name} {string.Join(' ', tags.ToArray().Select(static t => $"{t.Key}={t.Value}"))}");
        if (throws)
        {
            throw new InvalidOperationException($"{_agent} {value}");
        }
    }
}
