using System.Text.Json;

namespace ToolGuardrails.Intake;

/// <summary>Where one top-level member of the arguments stands in the snapshot. Filled in where it lies: a copy of what has just been written waits for it.</summary>
internal struct ArgumentMember
{
    public int NameStart;
    public int NameLength;
    public int ValueStart;
    public int ValueLength;
    public JsonValueKind Kind;
    public bool NameEscaped;
    public bool ValueEscaped;
}
