using System.Security.Claims;

namespace ToolGuardrails;

/// <summary>Who answered a request, as the channel has proven it.</summary>
/// <param name="Principal">The person.</param>
/// <param name="Roles">The roles that the channel has proven; compared ordinally with the policy's <c>role:</c> entries.</param>
public sealed record ApproverIdentity(Principal Principal, IReadOnlyCollection<string> Roles)
{
    /// <summary>A person without roles.</summary>
    /// <param name="principal">The person.</param>
    public ApproverIdentity(Principal principal)
        : this(principal, [])
    {
    }

    /// <summary>Reads an authenticated user: the principal, and every role claim of the identities that have signed in.</summary>
    /// <param name="user">The user.</param>
    /// <exception cref="ArgumentException">The user isn't authenticated or has no subject.</exception>
    public static ApproverIdentity FromClaimsPrincipal(ClaimsPrincipal user) => new(
        Principal.FromClaimsPrincipal(user),
        [.. user.Identities.Where(static i => i.IsAuthenticated).SelectMany(static i => i.FindAll(i.RoleClaimType)).Select(static c => c.Value)]);
}
