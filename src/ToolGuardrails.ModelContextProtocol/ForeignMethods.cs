using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Handlers that a host or an extension has given a server for whole methods. They answer requests past every filter.</summary>
internal static class ForeignMethods
{
    private static readonly string[] Guarded =
    [
        RequestMethods.ToolsList, RequestMethods.ToolsCall, RequestMethods.PromptsList, RequestMethods.PromptsGet, RequestMethods.ResourcesList, RequestMethods.ResourcesTemplatesList,
        RequestMethods.ResourcesRead, RequestMethods.ResourcesSubscribe, RequestMethods.CompletionComplete, RequestMethods.SubscriptionsListen,
    ];

    /// <summary>Why a server can't be guarded; null where it can.</summary>
    public static string? Refuse(McpServerOptions options, Action<string>? letPass)
    {
        foreach (string method in options.RequestHandlers?.Select(static h => h.Method) ?? [])
        {
            if (Guarded.Contains(method, StringComparer.Ordinal))
            {
                return $"The server has a raw handler for the method '{method}', which would answer past the guardrails; use the typed handler of McpServerOptions.Handlers.";
            }

            if (letPass is null)
            {
                return $"The server has a raw handler for the method '{method}', whose requests nobody here can stop; remove it, or set GuardedServerOptions.LetPass to let them pass undecided.";
            }

            letPass(method);
        }

        return null;
    }
}
