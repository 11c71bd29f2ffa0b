namespace ToolGuardrails.Cli.Hooks;

/// <summary>What a hook is started with. None of it comes from an event.</summary>
internal sealed record HookOptions
{
    public static TimeSpan DefaultDeadline { get; } = TimeSpan.FromSeconds(50);

    /// <summary>Where a server is configured by the machine's administrator or its user. All other places are a project's, a plugin's or a program's.</summary>
    public static IReadOnlyList<string> DefaultSources { get; } = ["managed", "user"];

    public required string Policy { get; init; }

    public required string Audit { get; init; }

    public string? Store { get; init; }

    public required string Agent { get; init; }

    public string? Keys { get; init; }

    public TimeSpan Deadline { get; init; } = DefaultDeadline;

    public ApprovalWay Approval { get; init; }

    /// <summary>Whether what the policy allows isn't asked for by Claude Code either.</summary>
    public bool Permits { get; init; }

    public IReadOnlyList<string> Sources { get; init; } = DefaultSources;

    /// <summary>Where calls under way are kept: beside the log, because its directory holds the log and nothing else.</summary>
    public string Calls => Path.TrimEndingDirectorySeparator(Path.GetFullPath(Audit)) + ".calls";
}
