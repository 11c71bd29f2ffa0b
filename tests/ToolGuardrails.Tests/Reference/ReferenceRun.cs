using System.Globalization;

namespace ToolGuardrails.Tests.Reference;

/// <summary>Runs random cases. TOOLGUARDRAILS_CASES asks for more of them, TOOLGUARDRAILS_SEED for others.</summary>
internal static class ReferenceRun
{
    public const int CallsPerPolicy = 50;

    public static int Cases { get; } = Setting("TOOLGUARDRAILS_CASES", 20_000);

    public static int Seed { get; } = Setting("TOOLGUARDRAILS_SEED", 20261122);

    public static async Task<Decision> DecideAsync(GovernedHost host, ReferenceCall call)
    {
        AgentSession session = host.Pipeline.StartSession(call.Agents[^1], call.Subject, call.Tenant, call.Session);
        foreach (string agent in call.Agents[..^1].Reverse())
        {
            session = session.StartChild(agent, call.Session);
        }

        return await session.EvaluateAsync(call.Tool, ToolArguments.FromJson(call.Arguments));
    }

    public static string Describe(int seed, ReferencePolicy policy, ReferenceCall call) => string.Create(
        CultureInfo.InvariantCulture,
        $"TOOLGUARDRAILS_SEED={seed}\nagents (own first): {string.Join(" < ", call.Agents)}, session {call.Session}, subject {call.Subject}, tenant {call.Tenant}\ncall: {call.Tool} {call.Arguments}\n{policy.ToJson()}");

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
