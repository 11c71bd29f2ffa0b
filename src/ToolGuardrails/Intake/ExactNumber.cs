using System.Buffers.Text;

namespace ToolGuardrails.Intake;

/// <summary>JSON numbers compared by their digits, exactly: no double, no decimal, no rounding, no culture.</summary>
internal readonly ref struct ExactNumber
{
    // value = ±0.Digits × 10^Exponent, the digits without zeros at either end; no digits is zero.
    private readonly ReadOnlySpan<byte> _whole;
    private readonly ReadOnlySpan<byte> _fraction;
    private readonly int _exponent;

    private ExactNumber(bool negative, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent)
    {
        Negative = negative;
        _whole = whole;
        _fraction = fraction;
        _exponent = exponent;
    }

    private bool Negative { get; }

    private int Count => _whole.Length + _fraction.Length;

    private int Sign => Count == 0 ? 0 : Negative ? -1 : 1;

    /// <summary>Reads a number token. False where the exponent has more than six digits: what can't be compared is unknown.</summary>
    public static bool TryParse(ReadOnlySpan<byte> token, out ExactNumber number)
    {
        number = default;
        bool negative = token.Length > 0 && token[0] == '-';
        ReadOnlySpan<byte> rest = negative ? token[1..] : token;
        int exponent = 0;
        int e = rest.IndexOfAny((byte)'e', (byte)'E');
        if (e >= 0)
        {
            ReadOnlySpan<byte> digits = rest[(e + 1)..];
            int from = digits[0] is (byte)'+' or (byte)'-' ? 1 : 0;
            ReadOnlySpan<byte> magnitude = digits[from..].TrimStart((byte)'0');
            if (magnitude.Length > 6 || (magnitude.Length > 0 && !Utf8Parser.TryParse(magnitude, out exponent, out _)))
            {
                return false;
            }

            exponent = digits[0] == '-' ? -exponent : exponent;
            rest = rest[..e];
        }

        int dot = rest.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = dot < 0 ? rest : rest[..dot];
        ReadOnlySpan<byte> fraction = dot < 0 ? default : rest[(dot + 1)..];
        number = Normalised(negative, whole, fraction.TrimEnd((byte)'0'), exponent);
        return true;
    }

    /// <summary>Compares two numbers.</summary>
    public static int Compare(in ExactNumber a, in ExactNumber b)
    {
        if (a.Sign != b.Sign || a.Sign == 0)
        {
            return a.Sign.CompareTo(b.Sign);
        }

        int magnitude = a._exponent != b._exponent ? a._exponent.CompareTo(b._exponent) : CompareDigits(a, b);
        return a.Sign * magnitude;
    }

    /// <summary>The number as a decimal, only where that is exact.</summary>
    public static bool TryGetDecimal(ReadOnlySpan<byte> token, out decimal value)
    {
        bool parsed = Utf8Parser.TryParse(token, out value, out int read, token.IndexOfAny((byte)'e', (byte)'E') >= 0 ? 'e' : default) && read == token.Length;
        bool exact = parsed && IsExactly(token, value);
        value = exact ? value : 0;
        return exact;
    }

    private static bool IsExactly(ReadOnlySpan<byte> token, decimal value)
    {
        Span<byte> written = stackalloc byte[64];
        return Utf8Formatter.TryFormat(value, written, out int length)
            && TryParse(token, out ExactNumber number) && TryParse(written[..length], out ExactNumber back) && Compare(number, back) == 0;
    }

    private static ExactNumber Normalised(bool negative, ReadOnlySpan<byte> whole, ReadOnlySpan<byte> fraction, int exponent)
    {
        whole = whole.TrimStart((byte)'0');
        if (whole.Length > 0)
        {
            return new(negative, fraction.Length == 0 ? whole.TrimEnd((byte)'0') : whole, fraction, exponent + whole.Length);
        }

        ReadOnlySpan<byte> digits = fraction.TrimStart((byte)'0');
        return new(negative, default, digits, digits.Length == 0 ? 0 : exponent - (fraction.Length - digits.Length));
    }

    private static int CompareDigits(in ExactNumber a, in ExactNumber b)
    {
        int shared = Math.Min(a.Count, b.Count);
        for (int i = 0; i < shared; i++)
        {
            if (a.DigitAt(i) != b.DigitAt(i))
            {
                return a.DigitAt(i).CompareTo(b.DigitAt(i));
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    private byte DigitAt(int i) => i < _whole.Length ? _whole[i] : _fraction[i - _whole.Length];
}
