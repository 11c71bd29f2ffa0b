using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>What the parts of a governed call cost that nobody can leave out, with nothing judged, recorded or checked: limits that stand beside our rows.</summary>
internal static class BareCalls
{
    private static readonly ActivitySource Source = new("ToolGuardrails.Benchmarks");
    private static readonly Counter<long> Counter = new Meter("ToolGuardrails.Benchmarks").CreateCounter<long>("looks");
    private static readonly JsonDocumentOptions EqualNamesRefused = new() { AllowDuplicateProperties = false };

    /// <summary>A guard asked through its interface, with a call handed over and a verdict handed back.</summary>
    public static Work Guard(IToolGuard guard) => new(count =>
    {
        ToolCall call = default;
        bool allowed = true;
        for (int i = 0; i < count; i++)
        {
            allowed &= Completed.ResultOf(guard.EvaluateAsync(call, CancellationToken.None)).Effect == Effect.Allow;
        }

        GC.KeepAlive(allowed);
    });

    /// <summary>The looks of one call for listeners to spans and to the counter of decisions, where nobody listens.</summary>
    public static Work Listeners() => new(count =>
    {
        int heard = 0;
        for (int i = 0; i < count; i++)
        {
            heard += Source.HasListeners() ? 1 : 0;
            heard += Counter.Enabled || Source.HasListeners() ? 1 : 0;
        }

        GC.KeepAlive(heard);
    });

    /// <summary>An asynchronous method around a tool whose task completes later.</summary>
    public static Work Awaited()
    {
        var later = new Later();
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                ValueTask<int> running = AwaitAsync(later);
                later.Complete();
                _ = Completed.ResultOf(running);
            }
        });
    }

    /// <summary>A function's arguments made into bytes, and other arguments made of those: what a function needs that gets the judged bytes and shares no object with the loop's history.</summary>
    public static Work ReadBack(byte[] json)
    {
        Dictionary<string, object?> arguments = Members(JsonElement.Parse(json));
        var bytes = new ArrayBufferWriter<byte>(json.Length * 2);
        var writer = new Utf8JsonWriter(bytes);
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                bytes.ResetWrittenCount();
                writer.Reset();
                writer.WriteStartObject();
                foreach ((string name, object? value) in arguments)
                {
                    writer.WritePropertyName(name);
                    ((JsonElement)value!).WriteTo(writer);
                }

                writer.WriteEndObject();
                writer.Flush();
                GC.KeepAlive(new AIFunctionArguments(Members(JsonElement.Parse(bytes.WrittenSpan))));
            }
        });
    }

    /// <summary>The same bytes read by the framework's own reader of whole documents.</summary>
    public static Work Document(byte[] json) => new(count =>
    {
        for (int i = 0; i < count; i++)
        {
            using var document = JsonDocument.Parse(json, EqualNamesRefused);
        }
    });

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async ValueTask<int> AwaitAsync(Later later) => await later.WaitAsync();

    private static Dictionary<string, object?> Members(JsonElement json)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            members.Add(member.Name, member.Value);
        }

        return members;
    }
}
