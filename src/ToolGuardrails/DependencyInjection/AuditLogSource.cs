using Microsoft.Extensions.Logging;

namespace ToolGuardrails.DependencyInjection;

/// <summary>Makes an audit log from what the services have: their clock, their logger, and an anchor on that logger.</summary>
internal static class AuditLogSource
{
    public static AuditLog Make(SinkPlace place, string directory, Action<AuditLogOptions>? configure)
    {
        var options = new AuditLogOptions
        {
            KeyDirectory = place.Options.Audit.KeyDirectory,
            TimeProvider = place.Options.TimeProvider,
            LoggerFactory = place.Options.LoggerFactory,
        };
        if (options.LoggerFactory is { } loggers)
        {
            options.Anchors.Add(new LoggerCheckpointAnchor(loggers.CreateLogger<LoggerCheckpointAnchor>()));
        }

        configure?.Invoke(options);
        options.KeyDirectory = options.KeyDirectory is { } keys ? Path.GetFullPath(keys, place.Root) : null;
        return new AuditLog(Path.GetFullPath(directory, place.Root), options);
    }
}
