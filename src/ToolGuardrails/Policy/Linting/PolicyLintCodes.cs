namespace ToolGuardrails;

/// <summary>The stable codes of lints. A code is never reused for another meaning; docs/policy.md explains each.</summary>
public static class PolicyLintCodes
{
    /// <summary>A grant or an eligible entry with a <c>*</c> reaches a tool that does more than read.</summary>
    public const string WildcardWrite = "lint.wildcard-write";

    /// <summary>A grant without <c>fields</c> stands beside one with <c>fields</c> for the same tool.</summary>
    public const string UnprojectedGrant = "lint.unprojected-grant";

    /// <summary>A grant decides nothing, because another of the same agent gives as much or more without a condition.</summary>
    public const string ShadowedGrant = "lint.shadowed-grant";

    /// <summary>An eligible entry gives nothing, because a grant of the same agent always gives as much or more.</summary>
    public const string GrantedEligible = "lint.granted-eligible";

    /// <summary>A grant or an eligible entry gives nothing, because every tool that it reaches is denied whatever the call.</summary>
    public const string DeniedGrant = "lint.denied-grant";

    /// <summary>An agent reads private data, takes untrusted input and can send to the outside (T43).</summary>
    public const string Trifecta = "lint.trifecta";

    /// <summary>All tools have one tier, although they don't do the same.</summary>
    public const string OneTier = "lint.one-tier";

    /// <summary>A tool of tier low writes, and nobody answers for that tier.</summary>
    public const string UnassignedWrite = "lint.unassigned-write";

    /// <summary>A tier asks for approval and names nobody who could give it.</summary>
    public const string NobodyApproves = "lint.nobody-approves";

    /// <summary><c>endsWith</c> is used on mail addresses.</summary>
    public const string AddressEnding = "lint.address-ending";

    /// <summary><c>startsWith</c> is used on paths.</summary>
    public const string PathPrefix = "lint.path-prefix";

    /// <summary><c>startsWith</c> is used on web addresses.</summary>
    public const string UrlPrefix = "lint.url-prefix";

    /// <summary>A deny or risk reads a fact that isn't stated for one of its tools.</summary>
    public const string UnstatedFact = "lint.unstated-fact";

    /// <summary>No rule reads a fact.</summary>
    public const string UnreadFact = "lint.unread-fact";

    /// <summary>A deny or risk is about no declared tool.</summary>
    public const string UnusedRule = "lint.unused-rule";

    /// <summary>A deny or risk is about no declared tool, and its pattern is near the id of one.</summary>
    public const string NearMissPattern = "lint.near-miss-pattern";

    /// <summary>Two tools, two agents, or two arguments of one tool have names that are easily confused.</summary>
    public const string NearMissName = "lint.near-miss-name";

    /// <summary>No grant or eligible entry of any agent reaches a tool.</summary>
    public const string UnreachableTool = "lint.unreachable-tool";

    /// <summary>A server offers no tool.</summary>
    public const string EmptyServer = "lint.empty-server";
}
