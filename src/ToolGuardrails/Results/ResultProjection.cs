using System.Buffers;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Results;

/// <summary>Which fields of a result may pass, and the result that has only those.</summary>
internal static class ResultProjection
{
    /// <summary>The fields that may pass, one tree for each agent of the chain that passes some only; null where the whole result may. The fields of an agent's matching grants unite; those of several agents intersect.</summary>
    public static List<FieldTree>? FieldsFor(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        if (slot.Terms.Observes)
        {
            return null;
        }

        // A call that was let through had a grant of each agent. Where one has none left, nobody can say any more which fields it passed.
        if (!slot.HasFields)
        {
            return HasGrants(slot) ? null : [FieldTree.Nothing];
        }

        ArgumentSnapshot arguments = call.Arguments.Snapshot!;
        Span<int> positions = slot.RoomForPlaces();
        if (slot.Locate(arguments, positions) is not null)
        {
            return [FieldTree.Nothing];
        }

        List<FieldTree>? narrowing = null;
        var input = new ConditionInput(arguments, positions, call.Session);
        foreach (AgentLayer layer in slot.Layers)
        {
            if (FieldsOf(layer, input) is { } fields)
            {
                (narrowing ??= []).Add(fields);
            }
        }

        return narrowing;
    }

    /// <summary>The result without the fields that may not pass.</summary>
    /// <param name="result">What the tool returned: JSON, text that is JSON, or nothing.</param>
    /// <param name="fields">From <see cref="FieldsFor"/>.</param>
    /// <param name="dropped">How many values were left out.</param>
    /// <returns>Null where the result has no fields: a number, or text that isn't a JSON object or list.</returns>
    /// <exception cref="JsonException">A name that may pass stands twice in one object of a JSON result.</exception>
    public static ToolResult? Apply(ToolResult result, IReadOnlyList<FieldTree> fields, out int dropped)
    {
        dropped = 0;
        if (result.Kind == ToolResultKind.None)
        {
            return result;
        }

        ReadOnlyMemory<byte> json = result.Utf8;
        foreach (FieldTree tree in fields)
        {
            if (TryProject(json.Span, tree, isText: result.Kind == ToolResultKind.Text, ref dropped) is not { } projected)
            {
                return null;
            }

            json = projected;
        }

        return result.Kind == ToolResultKind.Text ? ToolResult.FromUtf8Text(json) : ToolResult.FromTrustedJson(json);
    }

    private static ReadOnlyMemory<byte>? TryProject(ReadOnlySpan<byte> json, FieldTree fields, bool isText, ref int dropped)
    {
        var into = new ArrayBufferWriter<byte>();
        var projected = new ProjectedJson(into);
        try
        {
            if (!projected.TryWrite(json, fields))
            {
                return null;
            }
        }
        catch (JsonException) when (isText)
        {
            return null; // Text that isn't JSON has no fields.
        }

        dropped += projected.Dropped;
        return into.WrittenMemory;
    }

    private static bool HasGrants(PolicySlot slot)
    {
        bool has = slot.Layers.Length > 0;
        for (int i = 0; i < slot.Layers.Length; i++)
        {
            has &= slot.Layers[i].Grants.Length > 0;
        }

        return has;
    }

    // Null: everything. No grant matches only where the policy has changed since the call was let through, and then nothing passes.
    private static FieldTree? FieldsOf(AgentLayer layer, in ConditionInput input)
    {
        List<FieldTree>? united = null;
        for (int i = 0; i < layer.Grants.Length; i++)
        {
            if (layer.Grants[i].Condition.Evaluate(input) == Truth.True)
            {
                if (layer.Grants[i].Fields is not { } fields)
                {
                    return null;
                }

                (united ??= []).Add(fields);
            }
        }

        return united is null ? FieldTree.Nothing : FieldTree.Union(united);
    }
}
