namespace ToolGuardrails.Tests.Reference;

/// <summary>Sessions that live as long as their host: the one that calls, and those above it up to the root's.</summary>
/// <param name="from">A call of such sessions.</param>
/// <param name="sessions">The sessions, the calling one first.</param>
internal sealed class ReferenceTree(ReferenceCall from, AgentSession[] sessions)
{
    private readonly bool[] _prompted = new bool[sessions.Length];

    public AgentSession Own => sessions[0];

    public static async Task<ReferenceTree> StartAsync(GovernedHost host, ReferenceCall call) => new(call, await ReferenceRun.StartAsync(host, call));

    /// <summary>The same proposal, made by this tree.</summary>
    public ReferenceCall Call(ReferenceCall proposal) => proposal with
    {
        Agents = from.Agents,
        Session = from.Session,
        Subject = from.Subject,
        Tenant = from.Tenant,
        Prompted = [.. _prompted],
    };

    /// <summary>Records a prompt of the session at one level.</summary>
    public async Task PromptAsync(int level)
    {
        level %= sessions.Length;
        await sessions[level].RecordPromptAsync("Please.");
        _prompted[level] = true;
    }
}
