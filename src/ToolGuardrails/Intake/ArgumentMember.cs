using System.Text.Json;

namespace ToolGuardrails.Intake;

/// <summary>Where one top-level member of the arguments stands in the snapshot.</summary>
internal readonly record struct ArgumentMember(int NameStart, int NameLength, bool NameEscaped, int ValueStart, int ValueLength, JsonValueKind Kind);
