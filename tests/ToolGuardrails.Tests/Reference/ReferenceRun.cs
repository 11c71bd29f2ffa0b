using System.Globalization;

namespace ToolGuardrails.Tests.Reference;

/// <summary>Runs random cases. TOOLGUARDRAILS_CASES asks for more of them, TOOLGUARDRAILS_SEED for others.</summary>
internal static class ReferenceRun
{
    public const int CallsPerPolicy = 50;

    public static int Cases { get; } = Setting("TOOLGUARDRAILS_CASES", 20_000);

    public static int Seed { get; } = Setting("TOOLGUARDRAILS_SEED", 20261122);

    /// <summary>How many decisions the runs on living hosts make at least.</summary>
    public static int Steps { get; } = Setting("TOOLGUARDRAILS_CASES", 100_000);

    public static async Task<Decision> DecideAsync(GovernedHost host, ReferenceCall call) =>
        await (await StartAsync(host, call))[0].EvaluateAsync(call.Tool, ToolArguments.FromJson(call.Arguments));

    /// <summary>Starts the sessions of a call, the call's own first and the root's last, and records the prompts that they have.</summary>
    public static async Task<AgentSession[]> StartAsync(GovernedHost host, ReferenceCall call)
    {
        List<AgentSession> sessions = [host.Pipeline.StartSession(call.Agents[^1], call.Subject, call.Tenant, call.Session)];
        foreach (string agent in call.Agents[..^1].Reverse())
        {
            sessions.Insert(0, sessions[0].StartChild(agent, call.Session));
        }

        for (int level = 0; level < call.Prompted.Length; level++)
        {
            if (call.Prompted[level])
            {
                await sessions[level].RecordPromptAsync("Please.");
            }
        }

        return [.. sessions];
    }

    public static string Describe(int seed, ReferencePolicy policy, ReferenceCall call) => string.Create(
        CultureInfo.InvariantCulture,
        $"TOOLGUARDRAILS_SEED={seed}\nagents (own first): {string.Join(" < ", call.Agents)}, session {call.Session}, subject {call.Subject}, tenant {call.Tenant}\ncall: {call.Tool} {call.Arguments}\n{policy.ToJson()}");

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out int value) ? value : otherwise;
}
