using System.Text;

namespace ToolGuardrails.Testing.Tests;

/// <summary>A sink in memory that can be told to do one thing wrong, and for every check of the sink contract those that break it.</summary>
internal sealed class BadSink : IAuditSink
{
    private readonly List<ReadOnlyMemory<byte>> _kept = [];
    private bool _broken;
    private int _batches;

    public AuditAcknowledgement Highest => HighestAfter(_batches);

    /// <summary>What it states after so many batches.</summary>
    public Func<int, AuditAcknowledgement> HighestAfter { get; init; } = static _ => AuditAcknowledgement.Durable;

    /// <summary>What it keeps of a line.</summary>
    public Func<ReadOnlyMemory<byte>, ReadOnlyMemory<byte>> Keeps { get; init; } = static l => l.ToArray();

    /// <summary>Which lines of a batch it keeps, in which order.</summary>
    public Func<IEnumerable<ReadOnlyMemory<byte>>, IEnumerable<ReadOnlyMemory<byte>>> Orders { get; init; } = static l => l;

    /// <summary>What it does with a batch before it keeps it, given how many there have been.</summary>
    public Action<AuditBatch, int> Refuses { get; init; } = static (_, _) => { };

    public bool SwallowsFailures { get; init; }

    public IReadOnlyList<ReadOnlyMemory<byte>> Kept => _kept;

    public static IReadOnlyList<Func<BadSink>> For(string check) => check switch
    {
        "states how safely it keeps records" =>
        [
            static () => new BadSink { HighestAfter = static _ => AuditAcknowledgement.Unspecified },
            static () => new BadSink { HighestAfter = static n => n == 0 ? AuditAcknowledgement.Queued : AuditAcknowledgement.Durable },
        ],
        "keeps every line byte for byte and in order" =>
        [
            static () => new BadSink { Orders = static l => l.Reverse() },
            static () => new BadSink { Orders = static l => l.SkipLast(1) },
            static () => new BadSink { Orders = static l => l.Concat(l.Take(1)) },
            static () => new BadSink { Keeps = static l => Encoding.Latin1.GetBytes(Encoding.UTF8.GetString(l.Span)) },
            static () => new BadSink { Keeps = static l => Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(l.Span).Replace("\\n", "\n", StringComparison.Ordinal)) },
        ],
        "keeps nothing that lies in a batch's memory" => [static () => new BadSink { Keeps = static l => l }],
        "takes a batch without records" =>
        [
            static () => new BadSink { Refuses = static (b, _) => b[0].ToString() },
            static () => new BadSink { Orders = static l => l.DefaultIfEmpty(new byte[] { (byte)'x' }) },
        ],
        "takes a large batch" =>
        [
            static () => new BadSink { Refuses = static (b, _) => ArgumentOutOfRangeException.ThrowIfGreaterThan(b.Lines.Length, 1_000_000) },
            static () => new BadSink { Orders = static l => l.Take(256) },
        ],
        "takes many batches" => [static () => new BadSink { Refuses = static (_, n) => ArgumentOutOfRangeException.ThrowIfGreaterThan(n, 100) }],
        "takes whatever acknowledgement a batch asks for" =>
        [
            static () => new BadSink { Refuses = static (b, _) => ArgumentOutOfRangeException.ThrowIfGreaterThan((int)b.Acknowledgement, (int)AuditAcknowledgement.Durable) },
        ],
        "lets a failure out" => [static () => new BadSink { SwallowsFailures = true }],
        _ => [],
    };

    public ValueTask BreakAsync()
    {
        _broken = true;
        return default;
    }

    public ValueTask WriteAsync(AuditBatch batch, CancellationToken cancellationToken)
    {
        Refuses(batch, _batches++);
        if (_broken)
        {
            return SwallowsFailures ? default : throw new IOException("The disk is gone.");
        }

        _kept.AddRange(Orders(batch.Select(r => Keeps(r.Line))));
        return default;
    }
}
