using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

/// <summary>What the tests of the writer share.</summary>
internal static class Writers
{
    public const int Room = 256 * 1024;

    /// <summary>A writer with one required sink and the least memory that options allow.</summary>
    public static AuditWriter Start(IAuditSink sink, TimeProvider? time = null, AuditOptions? options = null) =>
        Start([(sink, AuditRequirement.Required)], time, options);

    public static AuditWriter Start((IAuditSink Sink, AuditRequirement Requirement)[] sinks, TimeProvider? time = null, AuditOptions? options = null) =>
        new(sinks, options ?? new AuditOptions { MaxQueuedBytes = Room }, time ?? new FakeTime(), NullLogger.Instance, Drafted);

    /// <summary>What makes records of drafts, under a key that nobody looks at.</summary>
    public static DraftedRecord Drafted => new(new Commitment(new byte[32]), "call");

    /// <summary>Appends a decision whose call is <paramref name="call"/>.</summary>
    public static Task<bool> Append(this AuditWriter writer, string call, AuditAcknowledgement level, int length = 0, AuditRecordKind kind = AuditRecordKind.Decision) =>
        writer.AppendAsync(Body(call, length), level, kind).AsTask();

    /// <summary>The caller's part of a line, padded to a length.</summary>
    public static byte[] Body(string call, int length = 0)
    {
        string start = $$"""{"ev":"decision","call":"{{call}}","pad":""";
        return Encoding.UTF8.GetBytes($"{start}\"{new string('x', Math.Max(0, length - start.Length - 3))}\"}}");
    }

    /// <summary>The calls of some records, in order; a record of what is missing shows its count of decisions.</summary>
    public static IEnumerable<string> Calls(this IEnumerable<AuditRecord> records) =>
        records.Select(static r => r.Kind == AuditRecordKind.Dropped ? $"dropped {r.ToJson().GetProperty("decisions").GetInt64()}" : r.CallId!);

    /// <summary>Lets other threads run until something is so; fails after half a minute.</summary>
    public static async Task Until(Func<bool> so)
    {
        long started = TimeProvider.System.GetTimestamp();
        while (!so())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(30), "Half a minute went by and it wasn't so.");
            await Task.Yield();
        }
    }
}
