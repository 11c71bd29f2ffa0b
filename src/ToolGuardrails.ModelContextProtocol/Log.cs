using Microsoft.Extensions.Logging;

namespace ToolGuardrails.ModelContextProtocol;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The host has no session for a request of the method {Method}; nothing is listed and nothing runs for it.")]
    public static partial void NoSession(ILogger logger, string method);

    [LoggerMessage(2, LogLevel.Warning, "The tool {Tool} is in quarantine: {Why}.")]
    public static partial void InQuarantine(ILogger logger, string tool, string why);
}
