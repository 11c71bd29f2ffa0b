using System.Text;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Policy;

/// <summary>Policies for tests, written with single quotes.</summary>
internal static class PolicyTexts
{
    public const string ReadTool = "'access': ['read'], 'tier': 'low'";

    /// <summary>A document with version and name.</summary>
    public static string Document(string members) =>
        ("{ 'version': 1, 'name': 'test'" + (members.Length == 0 ? "" : ", " + members) + " }").Replace('\'', '"');

    /// <summary>A document with one tool 't'.</summary>
    public static string Tool(string members) => Document($"'servers': {{ 's': {{}} }}, 'tools': {{ 't': {{ {members} }} }}");

    /// <summary>A document with an agent 'a' of tier medium, and the tools 'low', 'medium', 'high' and 'free', the last without declared arguments.</summary>
    public static string Agent(string members, string top = "") => Rules($"'agents': {{ 'a': {{ 'owner': 'Ada', 'tier': 'medium', {members} }} }}{(top.Length == 0 ? "" : ", " + top)}");

    /// <summary>A document with one condition, in a deny on the tool 'low'.</summary>
    public static string Condition(string where) => Rules($"'deny': [ {{ 'id': 'd', 'tools': 'low', 'where': {where} }} ]");

    /// <summary>A document with tools and facts, and what is to be read about them.</summary>
    public static string Rules(string members) => Document(
        """
        'facts': { 'site': 'north', 'limit': 5, 'live': true },
        'servers': { 's': { 'facts': { 'environment': 'production' } } },
        'tools': {
          'low': { 'access': ['read'], 'tier': 'low', 'arguments': { 'text': 'string', 'count': 'integer', 'price': 'number?', 'flag': 'boolean',
            'obj': 'object', 'list': 'array', 'x': 'any', 'texts': 'string[]', 'counts': 'integer[]', 'prices': 'number[]', 'flags': 'boolean[]', 'objs': 'object[]' } },
          'medium': { 'server': 's', 'access': ['write'], 'tier': 'medium', 'arguments': { 'count': 'string' }, 'facts': { 'colour': 'red' } },
          'high': { 'access': ['send'], 'tier': 'high', 'arguments': {} },
          'free': { 'access': ['read'], 'tier': 'low' } },
        """ + members);

    public static PolicyModel Read(string json) => PolicyReader.Read(Encoding.UTF8.GetBytes(json), file: null, out _, out _);

    public static IReadOnlyList<PolicyError> Errors(string json) =>
        Assert.Throws<GuardrailPolicyException>(() => GuardrailPolicy.Parse(json)).Errors;

    /// <summary>One error and no other: what follows from a mistake isn't a second mistake.</summary>
    public static void AssertOnlyError(string json, string path, string message)
    {
        PolicyError error = Assert.Single(Errors(json));
        Assert.Equal(path, error.Path);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Matches(@"^[A-Z'].*[.?]$", error.Message);
    }
}
