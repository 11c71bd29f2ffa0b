namespace ToolGuardrails.Audit;

/// <summary>There was no signature. Nothing was written.</summary>
internal sealed class LogSigningException(string message, Exception inner) : IOException(message, inner);
