using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Cli.Mcp;

/// <summary>Warnings of the library's own on standard error. Standard output is the protocol's.</summary>
internal sealed class TerminalLogger(Action<string> error) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => categoryName.StartsWith(nameof(ToolGuardrails), StringComparison.Ordinal) ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (IsEnabled(logLevel))
        {
            error(exception is null ? formatter(state, exception) : $"{formatter(state, exception)} {exception.Message}");
        }
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public void AddProvider(ILoggerProvider provider)
    {
        // Nothing else listens.
    }

    public void Dispose()
    {
        // Standard error isn't ours to close.
    }
}
