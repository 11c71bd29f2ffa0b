using System.Collections;
using System.Text;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails.Tests.Threats;

/// <summary>Keeps everything that is logged, at every level: the message, each member of its state, and exceptions with all that they hold.</summary>
internal sealed class CanaryLogger : ILoggerFactory, ILogger
{
    private readonly StringBuilder _kept = new();

    public byte[] Bytes
    {
        get
        {
            lock (_kept)
            {
                return Encoding.UTF8.GetBytes(_kept.ToString());
            }
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider)
    {
    }

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull
    {
        Keep(state);
        return null;
    }

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Keep(formatter(state, exception));
        Keep(exception);
        foreach (object? data in exception?.Data ?? (IEnumerable)Array.Empty<object>())
        {
            Keep(data);
        }

        foreach (KeyValuePair<string, object?> member in state as IEnumerable<KeyValuePair<string, object?>> ?? [])
        {
            Keep($"{member.Key}={member.Value}");
        }
    }

    public void Dispose()
    {
    }

    private void Keep(object? what)
    {
        lock (_kept)
        {
            _kept.Append(what).Append('\n');
        }
    }
}
