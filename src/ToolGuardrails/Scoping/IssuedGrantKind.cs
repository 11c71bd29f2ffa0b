namespace ToolGuardrails;

/// <summary>What kind of grant people have given for a while.</summary>
public enum IssuedGrantKind : byte
{
    /// <summary>Nobody has said; it grants nothing.</summary>
    Unspecified = 0,

    /// <summary>Adds scope to one session. It never adds consent, but where it is bound to one call.</summary>
    Elevation = 1,

    /// <summary>An elevation that one person gave at once, and that a second one looks at afterwards.</summary>
    BreakGlass = 2,

    /// <summary>Adds consent to calls that are reviewed. It never adds scope.</summary>
    StandingApproval = 3,
}
