namespace ToolGuardrails.Testing.Contracts;

/// <summary>What a check found, in whole sentences. The contract puts the check's name before it.</summary>
internal sealed class BrokenContractException(string message) : Exception(message);
