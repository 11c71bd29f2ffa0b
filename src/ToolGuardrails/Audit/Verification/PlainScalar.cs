namespace ToolGuardrails.Audit;

/// <summary>Jumps over a JSON value that is no string, array or object.</summary>
internal static class PlainScalar
{
    /// <summary>The place behind the value that begins at another; -1 where there is none. Places are handed by value, so that the caller's own stays in a register.</summary>
    public static int EndOf(ReadOnlySpan<byte> line, int at)
    {
        byte b = line[at];
        if (b == '-' || char.IsAsciiDigit((char)b))
        {
            return EndOfNumber(line, at);
        }

        ReadOnlySpan<byte> rest = line[at..];
        return rest.StartsWith("true"u8) || rest.StartsWith("null"u8) ? at + 4 : rest.StartsWith("false"u8) ? at + 5 : -1;
    }

    private static int EndOfNumber(ReadOnlySpan<byte> line, int at)
    {
        int start = at + (line[at] == '-' ? 1 : 0);
        at = EndOfDigits(line, start);
        if (at == start || (line[start] == '0' && at > start + 1))
        {
            return -1;
        }

        if (at < line.Length && line[at] == '.')
        {
            start = at + 1;
            at = EndOfDigits(line, start);
            if (at == start)
            {
                return -1;
            }
        }

        if (at < line.Length && (line[at] | 0x20) == 'e')
        {
            at++;
            start = at + (at < line.Length && line[at] is (byte)'+' or (byte)'-' ? 1 : 0);
            at = EndOfDigits(line, start);
            return at > start ? at : -1;
        }

        return at;
    }

    private static int EndOfDigits(ReadOnlySpan<byte> line, int at)
    {
        while ((uint)at < (uint)line.Length && char.IsAsciiDigit((char)line[at]))
        {
            at++;
        }

        return at;
    }
}
