using System.Buffers;

namespace ToolGuardrails.Policy;

/// <summary>The operator <c>address</c>: exactly one bare mail address, its domain compared exactly.</summary>
/// <remarks>A route of old mailers (<c>!</c>, <c>%</c>), a list, a display name, a quoted local part or a comment is unknown: what follows a comma would otherwise be sent to as well.</remarks>
internal static class MailAddress
{
    private static readonly SearchValues<byte> LocalBytes =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789#$&'*+-/=?^_`{|}~."u8);

    public static Truth IsAtAny(ReadOnlySpan<byte> text, IReadOnlyList<PolicyValue> domains)
    {
        if (!TryGetDomain(text, out ReadOnlySpan<byte> domain))
        {
            return Truth.Unknown;
        }

        for (int i = 0; i < domains.Count; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(domain, ScalarComparison.Text(domains[i])))
            {
                return Truth.True;
            }
        }

        return Truth.False;
    }

    /// <summary>The domain of one bare address.</summary>
    public static bool TryGetDomain(ReadOnlySpan<byte> text, out ReadOnlySpan<byte> domain)
    {
        int at = text.IndexOf((byte)'@');
        domain = at < 0 ? default : text[(at + 1)..];
        return at is > 0 and <= 64 && text[..at].IndexOfAnyExcept(LocalBytes) < 0 && text[0] != '.' && text[at - 1] != '.'
            && text[..at].IndexOf(".."u8) < 0 && UrlHost.IsHost(domain);
    }
}
