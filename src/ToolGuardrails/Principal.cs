using System.Security.Claims;

namespace ToolGuardrails;

/// <summary>A person or service, as the pair (issuer, subject) that some channel has proven. Two principals are the same only where both parts are equal, ordinally.</summary>
public sealed record Principal
{
    internal const string AgentIssuer = "agent";

    // Whoever answers at a channel that proves nobody.
    internal static readonly Principal Unproven = new("unproven", "unproven");

    /// <summary>Creates a principal.</summary>
    /// <param name="issuer">Who vouches for it, such as the URL of an identity provider, or <c>os</c> for the machine's users. 1 to 512 characters, no <c>|</c>, no control characters.</param>
    /// <param name="subject">The issuer's stable name for it. 1 to 512 characters, no control characters.</param>
    /// <exception cref="ArgumentException">A part is empty, too long or holds a character that isn't allowed.</exception>
    public Principal(string issuer, string subject)
    {
        Issuer = Checked(issuer, nameof(issuer));
        Subject = Checked(subject, nameof(subject));
        if (issuer.Contains('|', StringComparison.Ordinal))
        {
            throw new ArgumentException($"The issuer '{issuer}' holds a '|', which separates issuer and subject; use another issuer.", nameof(issuer));
        }
    }

    /// <summary>Who vouches for the subject.</summary>
    public string Issuer { get; }

    /// <summary>The issuer's stable name for it.</summary>
    public string Subject { get; }

    /// <summary>Whether this names an agent. An agent never approves anything.</summary>
    public bool IsAgent => Issuer == AgentIssuer;

    /// <summary>The principal under which an agent appears where a principal is asked for.</summary>
    /// <param name="agent">The agent's name in the policy.</param>
    public static Principal ForAgent(string agent) => new(AgentIssuer, agent);

    /// <summary>Reads the principal that an authenticated identity proves: its <c>sub</c> (or name identifier) claim and that claim's issuer.</summary>
    /// <param name="user">The authenticated user.</param>
    /// <exception cref="ArgumentException">The user isn't authenticated, or has no such claim.</exception>
    public static Principal FromClaimsPrincipal(ClaimsPrincipal user)
    {
        ArgumentNullException.ThrowIfNull(user);
        ClaimsIdentity[] proven = [.. user.Identities.Where(static i => i.IsAuthenticated)];
        if (proven.Length == 0)
        {
            throw new ArgumentException("The user is not authenticated, so it can't be the one an agent acts for; pass a user that has signed in.", nameof(user));
        }

        // Claims of an identity that hasn't signed in prove nothing.
        Claim claim = proven.Select(static i => i.FindFirst("sub") ?? i.FindFirst(ClaimTypes.NameIdentifier)).FirstOrDefault(static c => c is not null)
            ?? throw new ArgumentException("The user has neither a 'sub' nor a name identifier claim; map one in your authentication, or pass an (issuer, subject) pair.", nameof(user));
        return new Principal(claim.Issuer, claim.Value);
    }

    /// <summary>Reads the principal of an authenticated user.</summary>
    /// <param name="user">The authenticated user.</param>
    public static implicit operator Principal(ClaimsPrincipal user) => FromClaimsPrincipal(user);

    /// <summary>Makes a principal of the pair (issuer, subject).</summary>
    /// <param name="pair">The pair.</param>
    public static implicit operator Principal((string Issuer, string Subject) pair) => new(pair.Issuer, pair.Subject);

    /// <summary>The pair as <c>issuer|subject</c>, which no other pair shares.</summary>
    public override string ToString() => $"{Issuer}|{Subject}";

    private static string Checked(string part, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(part, name);
        if (part.Length > 512 || part.Any(char.IsControl) || !IdentifierText.IsWellFormedUtf16(part))
        {
            throw new ArgumentException($"The {name} of a principal has at most 512 characters, none of them control characters or lone surrogates.", name);
        }

        return part;
    }
}
