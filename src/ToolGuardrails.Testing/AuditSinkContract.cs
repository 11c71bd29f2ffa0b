using ToolGuardrails.Testing.Contracts;
using ToolGuardrails.Testing.Sinks;

namespace ToolGuardrails;

/// <summary>What every audit sink has to keep, as named checks (docs/custom-sinks.md). The sink gets batches of records as a pipeline makes them, and what it kept is read back.</summary>
/// <remarks>
/// Run all at once with <see cref="VerifyAsync"/>, or one test for each name of <see cref="Checks"/> with <see cref="CheckAsync"/>.
/// Whether a sink's records survive a crash or a power cut, as it states, no check in this process can tell.
/// </remarks>
public static class AuditSinkContract
{
    /// <summary>The names of the checks, in the order in which they run.</summary>
    public static IReadOnlyList<string> Checks { get; } = [.. SinkChecks.All<IAuditSink>().Select(static c => c.Name)];

    /// <summary>Runs all checks, each on a sink of its own. Without <paramref name="breakIt"/> the check that needs it is left out.</summary>
    /// <typeparam name="TSink">The sink.</typeparam>
    /// <param name="create">Makes a sink with nothing in it: each on a file, table or topic of its own. One that is disposable is disposed.</param>
    /// <param name="readBack">Reads all lines that the sink has kept, in order, without their line feeds; see <see cref="SplitLines"/>. It may dispose of the sink first, because nothing is written after it.</param>
    /// <param name="breakIt">Makes every further write fail: removes the folder, closes the connection.</param>
    /// <exception cref="GuardrailAssertionException">A check found something; the message names each that did, and what.</exception>
    public static Task VerifyAsync<TSink>(Func<TSink> create, Func<TSink, ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>>> readBack, Func<TSink, ValueTask>? breakIt = null)
        where TSink : IAuditSink
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(readBack);
        return ContractFor<TSink>().VerifyAsync(() => new SinkSubject<TSink>(create(), readBack, breakIt));
    }

    /// <summary>Runs one check.</summary>
    /// <typeparam name="TSink">The sink.</typeparam>
    /// <param name="check">Its name, out of <see cref="Checks"/>.</param>
    /// <param name="create">Makes a sink with nothing in it. One that is disposable is disposed.</param>
    /// <param name="readBack">Reads all lines that the sink has kept, in order, without their line feeds. It may dispose of the sink first.</param>
    /// <param name="breakIt">Makes every further write fail.</param>
    /// <exception cref="GuardrailAssertionException">The check found something.</exception>
    /// <exception cref="ArgumentException">There is no check of that name, or it needs <paramref name="breakIt"/>.</exception>
    public static Task CheckAsync<TSink>(string check, Func<TSink> create, Func<TSink, ValueTask<IReadOnlyList<ReadOnlyMemory<byte>>>> readBack, Func<TSink, ValueTask>? breakIt = null)
        where TSink : IAuditSink
    {
        ArgumentNullException.ThrowIfNull(create);
        ArgumentNullException.ThrowIfNull(readBack);
        return ContractFor<TSink>().CheckAsync(check, () => new SinkSubject<TSink>(create(), readBack, breakIt));
    }

    /// <summary>The lines of a file of records, without their line feeds: for <c>readBack</c>. A last line without a line feed is one as well.</summary>
    /// <param name="utf8">The file's bytes.</param>
    public static IReadOnlyList<ReadOnlyMemory<byte>> SplitLines(ReadOnlyMemory<byte> utf8)
    {
        var lines = new List<ReadOnlyMemory<byte>>();
        while (!utf8.IsEmpty)
        {
            int end = utf8.Span.IndexOf((byte)'\n');
            lines.Add(end < 0 ? utf8 : utf8[..end]);
            utf8 = end < 0 ? default : utf8[(end + 1)..];
        }

        return lines;
    }

    private static Contract<SinkSubject<TSink>> ContractFor<TSink>()
        where TSink : IAuditSink => new(nameof(AuditSinkContract), SinkChecks.All<TSink>());
}
