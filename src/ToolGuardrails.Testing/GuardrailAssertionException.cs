namespace ToolGuardrails;

/// <summary>What a test expected doesn't hold. Its message says what was expected, what is, and why. Every test framework reports it as a failure.</summary>
public sealed class GuardrailAssertionException : Exception
{
    /// <summary>A failure without a message.</summary>
    public GuardrailAssertionException()
    {
    }

    /// <summary>A failure.</summary>
    /// <param name="message">What was expected, what is, and why.</param>
    public GuardrailAssertionException(string message)
        : base(message)
    {
    }

    /// <summary>A failure with its cause.</summary>
    /// <param name="message">What was expected, what is, and why.</param>
    /// <param name="innerException">What was thrown.</param>
    public GuardrailAssertionException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
