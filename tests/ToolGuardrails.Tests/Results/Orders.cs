using System.Text.Json;

namespace ToolGuardrails.Tests.Results;

/// <summary>Policies with one tool, <c>orders.get</c>, whose results pass in part.</summary>
internal static class Orders
{
    public const string Tool = "orders.get";

    /// <summary>One grant with these <c>fields</c>.</summary>
    public static string Policy(string fields) => WithGrants($$"""[ { "id": "g", "tools": "orders.get", "fields": {{fields}} } ]""");

    /// <summary>These grants of the agent clerk, and further agents.</summary>
    public static string WithGrants(string grants, string others = "", string enforcement = "enforce") => $$"""
        { "version": 1, "name": "orders",
          "tools": { "orders.get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer?", "team": "string?" } },
                     "orders.list": { "access": ["read"], "tier": "low" } },
          "agents": { "clerk": { "owner": "maria.ortiz@example.com", "tier": "low", "enforcement": "{{enforcement}}", "grants": {{grants}} } {{others}} } }
        """;

    public static GovernedHost Host(string policy, Action<GuardrailOptions>? configure = null) => GovernedHost.Start(policy, configure);

    /// <summary>Calls the tool, which returns this JSON.</summary>
    public static ValueTask<ToolOutcome<JsonElement>> GetAsync(this AgentSession session, string json, string arguments = "{}") =>
        session.InvokeAsync(Tool, ToolArguments.FromJson(arguments), (_, _) => ValueTask.FromResult(Parse(json)));

    /// <summary>Calls the tool, which returns this text.</summary>
    public static ValueTask<ToolOutcome<string>> GetTextAsync(this AgentSession session, string text, string arguments = "{}") =>
        session.InvokeAsync(Tool, ToolArguments.FromJson(arguments), (_, _) => ValueTask.FromResult(text));

    /// <summary>Authorises a call and reports this result.</summary>
    public static async Task<ToolCompletion> CompleteAsync(this AgentSession session, ToolResult result, string arguments = "{}")
    {
        ToolAuthorization authorization = await session.AuthorizeAsync(Tool, ToolArguments.FromJson(arguments));
        return await session.CompleteAsync(authorization.Token!, result, ToolArguments.FromJson(arguments));
    }

    public static JsonElement Parse(string json) => JsonElement.Parse(json, new JsonDocumentOptions { MaxDepth = 1024, AllowDuplicateProperties = true });

    public static void Same(string expected, JsonElement actual) => Assert.True(JsonElement.DeepEquals(Parse(expected), actual), $"expected {expected}, got {actual.GetRawText()}");

    public static void Same(string expected, string actual) => Same(expected, Parse(actual));
}
