using ToolGuardrails;

namespace CustomGuard;

/// <summary>Withholds results that hold what looks like a card number: 16 digits, in groups or not. A result guard judges; it can't blacken what it finds.</summary>
public sealed class NoCardNumbers : IToolResultGuard
{
    private const int CardDigits = 16;
    private static readonly Verdict Withhold = Verdict.Deny(new VerdictReason("cards.found", "The result holds what looks like a card number."));

    public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken) =>
        new(HasCardNumber(result.Utf8.Span) ? Withhold : Verdict.Allow);

    private static bool HasCardNumber(ReadOnlySpan<byte> text)
    {
        int digits = 0;
        foreach (byte b in text)
        {
            digits = char.IsAsciiDigit((char)b) ? digits + 1 : b is (byte)' ' or (byte)'-' ? digits : 0;
            if (digits == CardDigits)
            {
                return true;
            }
        }

        return false;
    }
}
