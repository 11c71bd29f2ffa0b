using System.Buffers;

namespace ToolGuardrails.Policy;

/// <summary>The operator <c>host</c>: the host of an http or https URL, compared exactly; its port doesn't matter.</summary>
/// <remarks>Anything that two URL parsers might read differently is unknown: user information, backslashes, percent signs, control characters, addresses in odd forms.</remarks>
internal static class UrlHost
{
    private static readonly SearchValues<byte> HostBytes = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-."u8);
    private static readonly SearchValues<byte> AuthorityEnds = SearchValues.Create("/?#"u8);

    public static Truth IsAny(ReadOnlySpan<byte> url, IReadOnlyList<PolicyValue> hosts)
    {
        if (!TryGetHost(url, out ReadOnlySpan<byte> host))
        {
            return Truth.Unknown;
        }

        for (int i = 0; i < hosts.Count; i++)
        {
            if (System.Text.Ascii.EqualsIgnoreCase(host, ScalarComparison.Text(hosts[i])))
            {
                return Truth.True;
            }
        }

        return Truth.False;
    }

    /// <summary>Whether this is a host that the operator can compare: dot-separated labels, or an IPv4 address in its usual form.</summary>
    public static bool IsHost(ReadOnlySpan<byte> host)
    {
        if (host.Length is 0 or > 253 || host.IndexOfAnyExcept(HostBytes) >= 0 || host[^1] == '.' || host[0] == '.' || host.IndexOf(".."u8) >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> last = host[(host.LastIndexOf((byte)'.') + 1)..];
        return !IsNumeric(last) || IsDottedQuad(host);
    }

    /// <summary>Scheme, host and port: what may be told of a URL whose rest is secret.</summary>
    public static bool TryGetOrigin(ReadOnlySpan<byte> url, out ReadOnlySpan<byte> origin)
    {
        origin = default;
        if (!TryGetHost(url, out _))
        {
            return false;
        }

        int authority = url.IndexOf("//"u8) + 2;
        int end = url[authority..].IndexOfAny(AuthorityEnds);
        origin = end < 0 ? url : url[..(authority + end)];
        return true;
    }

    private static bool TryGetHost(ReadOnlySpan<byte> url, out ReadOnlySpan<byte> host)
    {
        host = default;
        ReadOnlySpan<byte> rest =
            url.Length > 8 && System.Text.Ascii.EqualsIgnoreCase(url[..8], "https://"u8) ? url[8..]
            : url.Length > 7 && System.Text.Ascii.EqualsIgnoreCase(url[..7], "http://"u8) ? url[7..] : default;
        if (rest.IsEmpty || url.IndexOfAnyInRange((byte)0, (byte)0x20) >= 0 || url.IndexOf((byte)0x7F) >= 0)
        {
            return false;
        }

        int end = rest.IndexOfAny(AuthorityEnds);
        ReadOnlySpan<byte> authority = end < 0 ? rest : rest[..end];
        int colon = authority.IndexOf((byte)':');
        host = colon < 0 ? authority : authority[..colon];
        return IsHost(host) && (colon < 0 || IsPort(authority[(colon + 1)..]));
    }

    private static bool IsPort(ReadOnlySpan<byte> port) =>
        port.Length <= 5 && System.Buffers.Text.Utf8Parser.TryParse(port, out ushort _, out int read) && read == port.Length;

    // URL parsers take a last label like 0x7f or 017 for an address.
    private static bool IsNumeric(ReadOnlySpan<byte> label) =>
        label.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 || (label.Length >= 2 && label[0] == '0' && (label[1] | 0x20) == 'x');

    private static bool IsDottedQuad(ReadOnlySpan<byte> host)
    {
        int parts = 0;
        foreach (Range range in host.Split((byte)'.'))
        {
            ReadOnlySpan<byte> part = host[range];
            bool valid = part.Length is > 0 and <= 3 && (part.Length == 1 || part[0] != '0')
                && System.Buffers.Text.Utf8Parser.TryParse(part, out byte _, out int read) && read == part.Length;
            if (!valid)
            {
                return false;
            }

            parts++;
        }

        return parts == 4;
    }
}
