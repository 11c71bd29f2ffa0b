namespace ToolGuardrails.Audit;

/// <summary>Jumps over a JSON value that is no string, array or object.</summary>
internal static class PlainScalar
{
    public static bool TrySkip(ReadOnlySpan<byte> line, ref int at)
    {
        byte b = line[at];
        if (b == '-' || char.IsAsciiDigit((char)b))
        {
            return TrySkipNumber(line, ref at);
        }

        ReadOnlySpan<byte> rest = line[at..];
        int length = rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? 4 : rest.StartsWith("false"u8) ? 5 : 0;
        at += length;
        return length > 0;
    }

    private static bool TrySkipNumber(ReadOnlySpan<byte> line, ref int at)
    {
        at += line[at] == '-' ? 1 : 0;
        int start = at;
        if (!TrySkipDigits(line, ref at) || (line[start] == '0' && at > start + 1))
        {
            return false;
        }

        if (at < line.Length && line[at] == '.')
        {
            at++;
            if (!TrySkipDigits(line, ref at))
            {
                return false;
            }
        }

        if (at < line.Length && (line[at] | 0x20) == 'e')
        {
            at++;
            at += at < line.Length && line[at] is (byte)'+' or (byte)'-' ? 1 : 0;
            return TrySkipDigits(line, ref at);
        }

        return true;
    }

    private static bool TrySkipDigits(ReadOnlySpan<byte> line, ref int at)
    {
        int start = at;
        while ((uint)at < (uint)line.Length && char.IsAsciiDigit((char)line[at]))
        {
            at++;
        }

        return at > start;
    }
}
