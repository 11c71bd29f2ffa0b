using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Sinks;

/// <summary>The checks of the sink contract.</summary>
internal static class SinkChecks
{
    private const int Some = 48;
    private const int Many = 480;

    /// <summary>All checks, in the order in which they run.</summary>
    public static IReadOnlyList<ContractCheck<SinkSubject<TSink>>> All<TSink>()
        where TSink : IAuditSink =>
    [
        new("states how safely it keeps records", StatesAsync),
        new("keeps every line byte for byte and in order", KeepsAsync),
        new("keeps nothing that lies in a batch's memory", CopiesAsync),
        new("takes a batch without records", TakesEmptyAsync),
        new("takes a large batch", TakesLargeAsync),
        new("takes many batches", TakesManyAsync),
        new("takes whatever acknowledgement a batch asks for", TakesEveryLevelAsync),
        new("lets a failure out", FailsAsync) { Lacks = static s => s.CanBeBroken ? null : "it needs breakIt, which makes the sink's next write fail." },
    ];

    private static async Task StatesAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        AuditAcknowledgement before = subject.Sink.Highest;
        if (before is < AuditAcknowledgement.Queued or > AuditAcknowledgement.Sealed)
        {
            throw new BrokenContractException($"Its Highest is {before}, so nobody can rely on it; state what holds when WriteAsync completes: Queued, Written, Durable or Sealed.");
        }

        await subject.WriteAsync(await SampleLines.MakeAsync(1).ConfigureAwait(false)).ConfigureAwait(false);
        if (subject.Sink.Highest is var after && after != before)
        {
            throw new BrokenContractException($"Its Highest was {before} and is {after} after a batch. A host is checked against it once, when it starts.");
        }
    }

    private static async Task KeepsAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(Some).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Take(1)]).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Skip(1).Take(2)]).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Skip(3)]).ConfigureAwait(false);
        await subject.CompareAsync().ConfigureAwait(false);
    }

    // The writer uses the same memory for its next batch.
    private static async Task CopiesAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(Some).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Take(Some / 2)], scribble: true).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Skip(Some / 2)], scribble: true).ConfigureAwait(false);
        await subject.CompareAsync().ConfigureAwait(false);
    }

    private static async Task TakesEmptyAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(2).ConfigureAwait(false);
        await subject.WriteAsync([]).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Take(1)]).ConfigureAwait(false);
        await subject.WriteAsync([]).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Skip(1)]).ConfigureAwait(false);
        await subject.CompareAsync().ConfigureAwait(false);
    }

    private static async Task TakesLargeAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        await subject.WriteAsync(await SampleLines.MakeAsync(Many).ConfigureAwait(false)).ConfigureAwait(false);
        await subject.CompareAsync().ConfigureAwait(false);
    }

    private static async Task TakesManyAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(Many).ConfigureAwait(false);
        foreach (ReadOnlyMemory<byte> line in lines)
        {
            await subject.WriteAsync([line]).ConfigureAwait(false);
        }

        await subject.CompareAsync().ConfigureAwait(false);
    }

    private static async Task TakesEveryLevelAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        AuditAcknowledgement[] levels = Enum.GetValues<AuditAcknowledgement>();
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(levels.Length).ConfigureAwait(false);
        for (int i = 0; i < levels.Length; i++)
        {
            await subject.WriteAsync([lines[i]], levels[i]).ConfigureAwait(false);
        }

        await subject.CompareAsync().ConfigureAwait(false);
    }

    private static async Task FailsAsync<TSink>(SinkSubject<TSink> subject)
        where TSink : IAuditSink
    {
        IReadOnlyList<ReadOnlyMemory<byte>> lines = await SampleLines.MakeAsync(2).ConfigureAwait(false);
        await subject.WriteAsync([.. lines.Take(1)]).ConfigureAwait(false);
        if (await subject.WriteBrokenAsync([.. lines.Skip(1)]).ConfigureAwait(false) is null)
        {
            throw new BrokenContractException("It completes a batch that it couldn't keep. Let the exception out: the pipeline denies the calls whose records are missing, and can't know otherwise.");
        }
    }
}
