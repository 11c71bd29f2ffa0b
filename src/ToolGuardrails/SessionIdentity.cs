using System.Text;

namespace ToolGuardrails;

/// <summary>Who runs: one run of an agent for one subject. Fixed when the session starts; guards read it, nothing changes it.</summary>
public sealed class SessionIdentity
{
    private bool _hasPrompt;

    internal SessionIdentity(string id, string agent, Principal? subject, string? tenant, SessionIdentity? parent)
    {
        Id = id;
        Agent = agent;
        Subject = subject;
        Tenant = tenant;
        Parent = parent;
        Depth = parent is null ? 1 : parent.Depth + 1;
        IdUtf8 = Encoding.UTF8.GetBytes(id);
        SubjectUtf8 = subject is null ? null : Encoding.UTF8.GetBytes(subject.ToString());
        TenantUtf8 = tenant is null ? null : Encoding.UTF8.GetBytes(tenant);
    }

    /// <summary>The session's id, given by the host or generated.</summary>
    public string Id { get; }

    /// <summary>The agent's name in the policy.</summary>
    public string Agent { get; }

    /// <summary>The principal on whose behalf the agent acts; null where it acts for nobody in particular.</summary>
    public Principal? Subject { get; }

    /// <summary>The tenant, or null.</summary>
    public string? Tenant { get; }

    /// <summary>The session that started this one; null for a root session.</summary>
    public SessionIdentity? Parent { get; }

    /// <summary>1 for a root session. Beyond 8, every call is denied.</summary>
    public int Depth { get; }

    // What conditions compare, encoded once.
    internal byte[] IdUtf8 { get; }

    internal byte[]? SubjectUtf8 { get; }

    internal byte[]? TenantUtf8 { get; }

    // Whether a prompt of this session has been recorded: what 'requirePrompt' asks for.
    internal bool HasPrompt
    {
        get => Volatile.Read(ref _hasPrompt);
        set => Volatile.Write(ref _hasPrompt, value);
    }

    // The members of a record that are the same for every call of the session; the audit stage fills it on first use.
    internal byte[]? RecordMembers { get; set; }

    // The agents from the root's session to this one.
    internal IReadOnlyList<string> AgentPath() => Parent is null ? [Agent] : [.. Parent.AgentPath(), Agent];

    /// <inheritdoc/>
    public override string ToString() => $"{Agent}/{Id}";
}
