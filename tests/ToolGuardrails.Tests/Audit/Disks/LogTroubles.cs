using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Tests.Audit.Disks;

/// <summary>What a log reports of its own: a failure behind an acknowledgement has nobody else to tell.</summary>
internal sealed class LogTroubles : ILoggerFactory, ILogger
{
    private readonly Lock _lock = new();
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All
    {
        get
        {
            lock (_lock)
            {
                return [.. _all];
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            lock (_lock)
            {
                _all.Add($"{formatter(state, exception)} {exception?.GetType().Name}: {exception?.Message} {exception?.StackTrace?.Split('\n').FirstOrDefault(static l => l.Contains("ToolGuardrails.Audit.", StringComparison.Ordinal))}");
            }
        }
    }

    public void Dispose()
    {
    }
}
