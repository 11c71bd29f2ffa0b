namespace ToolGuardrails;

/// <summary>A call was denied, or its result is withheld, and <see cref="DenialMode"/> asks for an exception.</summary>
public sealed class ToolDeniedException : Exception
{
    internal ToolDeniedException(string message, string code)
        : base(message) => Code = code;

    /// <summary>The stable code, such as <c>scope.no-grant</c>; see <see cref="DecisionCodes"/>.</summary>
    public string Code { get; }
}
