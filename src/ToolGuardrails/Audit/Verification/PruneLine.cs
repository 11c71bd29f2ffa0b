using System.Text.Json;

namespace ToolGuardrails.Audit;

/// <summary>A key change that a prune line carries on, since its lines are gone.</summary>
internal sealed record Rotation(long Index, string Line, string VerifierKey, string Replaces, string Note);

/// <summary>Segments are removed.</summary>
internal sealed record PruneLine(LinePlace Place, long From, long To, string? Log, IReadOnlyList<Rotation> Rotations) : LogEvent(Place)
{
    private const int LeastDays = 180;

    public static PruneLine Read(ReadOnlySpan<byte> line, LinePlace place)
    {
        JsonElement json = Json(line);
        var rotations = new List<Rotation>();
        string? problem = ReadRotations(json, rotations) ? null : "The prune line's rotations aren't a list of at least one index, line, vkey, replaces and note.";
        if (Number(json, "from") is not { } from || Number(json, "to") is not { } to || from >= to || to > place.Index)
        {
            (from, to) = (-1, -1);
            problem = "The prune line has no from and to, or they aren't a run of records before it.";
        }
        else if (Number(json, "retention") is not { } days)
        {
            problem ??= "The prune line doesn't say how many days records were kept.";
        }
        else if (json.TryGetProperty("override", out _) && string.IsNullOrEmpty(Text(json, "override")))
        {
            problem ??= "The prune line's override says nothing.";
        }
        else if (days < LeastDays && !json.TryGetProperty("override", out _))
        {
            problem ??= $"The prune line removes records after less than {LeastDays} days and doesn't say why.";
        }

        return new PruneLine(place, from, to, Text(json, "log"), rotations) { Problem = problem };
    }

    private static bool ReadRotations(JsonElement json, List<Rotation> rotations)
    {
        if (!json.TryGetProperty("rotations", out JsonElement list))
        {
            return true;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
        {
            return false;
        }

        foreach (JsonElement entry in list.EnumerateArray())
        {
            if (entry.ValueKind != JsonValueKind.Object || Number(entry, "index") is not { } index
                || Text(entry, "line") is not { } line || Text(entry, "vkey") is not { } key || Text(entry, "replaces") is not { } replaces || Text(entry, "note") is not { } note)
            {
                return false;
            }

            rotations.Add(new Rotation(index, line, key, replaces, note));
        }

        return true;
    }
}
