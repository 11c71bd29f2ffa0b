namespace ToolGuardrails.Tests.Policy;

/// <summary>Policies for lint tests, written with single quotes: one agent 'a', which by itself earns no lint.</summary>
internal static class LintTexts
{
    public const string Reader = "'t.read': { 'access': ['read'], 'tier': 'low', 'arguments': { 'text': 'string' } }";
    public const string Writer = "'t.write': { 'access': ['write'], 'tier': 'medium', 'arguments': { 'text': 'string' } }";
    public const string Sender = "'mail.send': { 'access': ['send'], 'tier': 'medium', 'arguments': { 'to': 'string' } }";
    public const string GrantRead = "{ 'id': 'r', 'tools': 't.read' }";
    public const string GrantWrite = "{ 'id': 'w', 'tools': 't.write', 'access': ['write'] }";
    public const string GrantSend = "{ 'id': 's', 'tools': 'mail.send', 'access': ['send'] }";

    public const string EligibleWrite = "'eligible': [ { 'id': 'e', 'tools': 't.write', 'access': ['write'], 'for': '00:15:00', 'uses': 3 } ]";

    /// <summary>A policy with these tools, and these grants and further members of the agent.</summary>
    public static string Given(string tools, string grants, string top = "", string agent = "", string tier = "medium") => PolicyTexts.Document(
        $"'tools': {{ {tools} }}, 'agents': {{ 'a': {{ 'owner': 'Ada', 'tier': '{tier}', 'grants': [ {grants} ]{Further(agent)} }} }}{Further(top)}");

    /// <summary>One read tool and its grant.</summary>
    public static string Small(string top = "", string agent = "", string tier = "medium") => Given(Reader, GrantRead, top, agent, tier);

    private static string Further(string members) => members.Length == 0 ? "" : ", " + members;
}
