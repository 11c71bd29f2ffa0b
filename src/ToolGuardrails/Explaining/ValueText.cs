using System.Buffers;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Approval;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Explaining;

/// <summary>Values as canonical JSON that is safe to look at.</summary>
internal static class ValueText
{
    public const string Absent = "absent";

    // A value is named to be recognised, not to be read in full.
    private const int MostShown = 200;

    /// <summary>What an operand is in one call; <paramref name="isList"/> where its elements are compared one by one.</summary>
    public static string Of(Operand operand, IReadOnlyDictionary<string, IReadOnlyList<PolicyValue>> facts, in ConditionInput input, out bool isList)
    {
        isList = false;
        if (operand.IsArgument)
        {
            bool found = input.Arguments.TryFind(operand.Name, out ArgumentMember member);
            isList = found && member.Kind == JsonValueKind.Array;
            return found ? Shown(input.Arguments.Raw(member)) : Absent;
        }

        byte[]? ofSession = operand.Name switch
        {
            "session" => input.Session.IdUtf8,
            "subject" => input.Session.SubjectUtf8,
            "tenant" => input.Session.TenantUtf8,
            _ => null,
        };
        IReadOnlyList<PolicyValue> values = ofSession is not null ? [new TextValue(ofSession)] : facts.GetValueOrDefault(operand.Name) ?? [];
        isList = values.Count > 1;
        return values.Count switch { 0 => Absent, 1 => Of(values[0]), _ => $"[{string.Join(",", values.Select(Of))}]" };
    }

    /// <summary>The operand as the policy writes it, and safe to look at.</summary>
    public static string NameOf(Operand operand) => (operand.IsArgument ? "arg." : "ctx.") + VisibleText.Escape(operand.Name);

    /// <summary>A value of the policy.</summary>
    public static string Of(PolicyValue value)
    {
        var json = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(json))
        {
            PolicyValueJson.Write(writer, value);
        }

        return Shown(json.WrittenSpan);
    }

    /// <summary>A value of the arguments, as its source text.</summary>
    public static string Shown(ReadOnlySpan<byte> json)
    {
        string canonical = Encoding.UTF8.GetString(CanonicalJson.Write(json));
        if (canonical.Length <= MostShown)
        {
            return VisibleJson.Escape(canonical);
        }

        int end = char.IsHighSurrogate(canonical[MostShown - 1]) ? MostShown - 1 : MostShown;
        return FormattableString.Invariant($"{VisibleJson.Escape(canonical[..end])}... ({canonical.Length} characters in all)");
    }
}
