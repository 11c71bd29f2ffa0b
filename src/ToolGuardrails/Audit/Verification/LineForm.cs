using System.Buffers;
using System.Runtime.Intrinsics;

namespace ToolGuardrails.Audit;

/// <summary>Checks that a line has the format's form, and says of the usual accidents what they are.</summary>
internal static class LineForm
{
    private static readonly SearchValues<byte> WriterCharacters = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"u8);

    private static readonly SearchValues<byte> KindCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz._-"u8);

    // Digits where a 0 stands, and everything else as it is.
    private static ReadOnlySpan<byte> TimeForm => "0000-00-00T00:00:00.0000000Z"u8;

    /// <summary>What is wrong, as a sentence; null where nothing is.</summary>
    public static string? Problem(ReadOnlySpan<byte> line, out LogLine frame)
    {
        string? problem = LogLine.Parse(line, out frame);
        if (problem is not null)
        {
            return Accident(line) ?? problem;
        }

        return !IsTime(frame.Time) ? "The line's t isn't a real time in UTC with seven digits of a second."
            : !IsWriter(frame.Writer) ? "The line's w isn't 16 bytes in canonical base64url."
            : frame.Kind.Contains((byte)'\\') ? "The line's ev is written with an escape."
            : LineMembers.Problem(line, frame.Kind.ContainsAnyExcept(KindCharacters) ? 0 : EndOfKind(line, frame));
    }

    private static int EndOfKind(ReadOnlySpan<byte> line, in LogLine frame)
    {
        line.Overlaps(frame.Kind, out int start);
        return start + frame.Kind.Length + 1;
    }

    private static string? Accident(ReadOnlySpan<byte> line) =>
        line.IsEmpty ? "The line is empty."
        : line[^1] == '\r' ? "The line ends in a carriage return; an editor or a copy may have converted the file's line ends."
        : line.StartsWith("\uFEFF"u8) ? "The file begins with a byte order mark; an editor may have put it there."
        : null;

    private static bool IsTime(ReadOnlySpan<byte> time)
    {
        int back = time.Length - Vector128<byte>.Count;
        if (!HasForm(time, 0) || !HasForm(time, back))
        {
            return false;
        }

        int year = (100 * Two(time, 0)) + Two(time, 2);
        int month = Two(time, 5);
        return year > 0 && month is > 0 and <= 12 && Two(time, 8) is > 0 and var day && day <= DateTime.DaysInMonth(year, month)
            && Two(time, 11) < 24 && Two(time, 14) < 60 && Two(time, 17) < 60;
    }

    // Sixteen bytes at once: each is the form's, or at most nine above its 0.
    private static bool HasForm(ReadOnlySpan<byte> time, int at)
    {
        var form = Vector128.Create(TimeForm[at..]);
        Vector128<byte> room = Vector128.Equals(form, Vector128.Create((byte)'0')) & Vector128.Create((byte)9);
        return Vector128.LessThanOrEqualAll(Vector128.Create(time[at..]) - form, room);
    }

    private static int Two(ReadOnlySpan<byte> digits, int at) => (10 * (digits[at] - '0')) + digits[at + 1] - '0';

    // Two bits of the last character belong to the bytes; the others are none.
    private static bool IsWriter(ReadOnlySpan<byte> writer) =>
        !writer.ContainsAnyExcept(WriterCharacters) && writer[^1] is (byte)'A' or (byte)'Q' or (byte)'g' or (byte)'w';
}
