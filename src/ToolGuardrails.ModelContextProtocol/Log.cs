using Microsoft.Extensions.Logging;

namespace ToolGuardrails.ModelContextProtocol;

internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Warning, "The host has no session for a request of the method {Method}; nothing is listed and nothing runs for it.")]
    public static partial void NoSession(ILogger logger, string method);

    [LoggerMessage(2, LogLevel.Warning, "The tool {Tool} is in quarantine: {Why}.")]
    public static partial void InQuarantine(ILogger logger, string tool, string why);

    [LoggerMessage(3, LogLevel.Warning, "The tools of the server behind the gateway can't be listed, so none of them was looked at before a call.")]
    public static partial void NotListed(ILogger logger, Exception error);
}
