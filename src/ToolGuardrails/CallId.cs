using System.Globalization;
using System.Security.Cryptography;

namespace ToolGuardrails;

/// <summary>A call's id: a prefix drawn once per pipeline and a counter. No random number per call, and no text until somebody reads it.</summary>
internal readonly struct CallId(string prefix, long sequence)
{
    private readonly string? _prefix = prefix;
    private readonly long _sequence = sequence;

    /// <summary>An id read back from its text.</summary>
    public CallId(string text)
        : this(text, -1)
    {
    }

    /// <summary>The call's number in its pipeline; negative for an id that was read back.</summary>
    public long Sequence => _sequence;

    public static string NewPrefix() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));

    public bool TryFormat(Span<byte> utf8, out int written) =>
        _sequence < 0
            ? System.Text.Unicode.Utf8.TryWrite(utf8, CultureInfo.InvariantCulture, $"{_prefix}", out written)
            : System.Text.Unicode.Utf8.TryWrite(utf8, CultureInfo.InvariantCulture, $"{_prefix}-{_sequence}", out written);

    public override string ToString() => _sequence < 0 ? _prefix ?? "" : string.Create(CultureInfo.InvariantCulture, $"{_prefix}-{_sequence}");
}
