using System.Text;

namespace ToolGuardrails.Policy;

/// <summary>The operator <c>within</c>: lexical, on plain absolute paths only. Whether a link leads out of the folder is for the tool to check when it opens the file.</summary>
internal static class PlainPath
{
    /// <summary>Whether a path is the folder or below it. Unknown for anything that isn't a plain absolute path, and where only letter case tells it from the folder, which some volumes ignore.</summary>
    /// <param name="path">What the model wrote.</param>
    /// <param name="folder">A plain absolute path without a trailing separator.</param>
    public static Truth Within(ReadOnlySpan<byte> path, ReadOnlySpan<byte> folder)
    {
        if (!IsPlain(path))
        {
            return Truth.Unknown;
        }

        if (folder.Length == 1)
        {
            return ScalarComparison.From(path[0] == '/');
        }

        bool exact = true;
        for (int i = 0; i < Math.Min(path.Length, folder.Length); i++)
        {
            byte a = path[i];
            byte b = folder[i];
            if (a == b || (IsSeparator(a, path) && IsSeparator(b, path)))
            {
                continue;
            }

            if (Lower(a) != Lower(b))
            {
                // Beyond ASCII, letter case and composition are the volume's business.
                return a >= 0x80 || b >= 0x80 ? Truth.Unknown : Truth.False;
            }

            exact = false;
        }

        if (path.Length < folder.Length || (path.Length > folder.Length && !IsSeparator(path[folder.Length], path)))
        {
            // A combining or ignorable character behind the shorter name is no part of it on some volumes.
            return (path.Length > folder.Length ? path[folder.Length] : folder[path.Length]) >= 0x80 ? Truth.Unknown : Truth.False;
        }

        return exact ? Truth.True : Truth.Unknown;
    }

    /// <summary>Whether a path is absolute and has no part that a file system might read in another way.</summary>
    public static bool IsPlain(ReadOnlySpan<byte> path)
    {
        int root = path.Length >= 1 && path[0] == '/' ? 1 : IsDrive(path) ? 3 : 0;
        if (root == 0 || path[root..].IndexOfAnyInRange((byte)0, (byte)0x1F) >= 0 || path[root..].IndexOf((byte)':') >= 0)
        {
            return false;
        }

        // On a drive, a short name such as SECRET~1 is another name of a folder.
        if (path.IndexOf(root == 1 ? (byte)'\\' : (byte)'~') >= 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = path[root..];
        if (rest.Length > 0 && IsSeparator(rest[^1], path))
        {
            rest = rest[..^1];
        }

        while (rest.Length > 0)
        {
            int end = rest.IndexOfAny((byte)'/', (byte)'\\');
            ReadOnlySpan<byte> segment = end < 0 ? rest : rest[..end];
            bool plain = segment.Length > 0 && segment[^1] is not ((byte)'.' or (byte)' ') && (end < 0 || end < rest.Length - 1)
                && (root == 1 || !IsDevice(segment));
            if (!plain)
            {
                return false;
            }

            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return true;
    }

    private static bool IsDrive(ReadOnlySpan<byte> path) =>
        path.Length >= 3 && char.IsAsciiLetter((char)path[0]) && path[1] == ':' && path[2] is (byte)'\\' or (byte)'/';

    // On Windows these are devices in every folder, whatever their ending.
    private static bool IsDevice(ReadOnlySpan<byte> segment)
    {
        int dot = segment.IndexOf((byte)'.');
        ReadOnlySpan<byte> name = (dot < 0 ? segment : segment[..dot]).TrimEnd((byte)' ');
        return name.Length switch
        {
            3 => Is(name, "con"u8) || Is(name, "prn"u8) || Is(name, "aux"u8) || Is(name, "nul"u8),
            4 or 5 => (Is(name[..3], "com"u8) || Is(name[..3], "lpt"u8)) && IsPortNumber(name[3..]),
            6 => Is(name, "conin$"u8),
            7 => Is(name, "conout$"u8),
            _ => false,
        };
    }

    // A digit, or one of the superscripts 1 to 3, which Windows takes for digits here.
    private static bool IsPortNumber(ReadOnlySpan<byte> text) => text.Length == 1
        ? text[0] is >= (byte)'0' and <= (byte)'9'
        : text.SequenceEqual("\u00B9"u8) || text.SequenceEqual("\u00B2"u8) || text.SequenceEqual("\u00B3"u8);

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> device) => System.Text.Ascii.EqualsIgnoreCase(name, device);

    private static bool IsSeparator(byte value, ReadOnlySpan<byte> path) => value == '/' || (value == '\\' && path[0] != '/');

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
