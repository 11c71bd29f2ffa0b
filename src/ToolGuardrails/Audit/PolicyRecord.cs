using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes the record of a policy that came into force, or was refused.</summary>
internal static class PolicyRecord
{
    private const int MostErrors = 8;

    public static void WriteInForce(RecordBuffer buffer, DateTimeOffset time, GuardrailPolicy? policy, GuardrailPolicy? before)
    {
        CallRecords.Begin(buffer, "policy"u8, time, policy?.Digest);
        buffer.Member(",\"name\":"u8, policy?.Name);
        buffer.Member(",\"status\":"u8, policy is null ? "missing" : "in_force");
        buffer.Member(",\"before\":"u8, before?.Digest);
        IReadOnlyList<string> observed = policy?.Model.Observed ?? [];
        Names(buffer, ",\"observes\":["u8, observed);
        if (before is not null)
        {
            // Who is watched and no longer stopped stands out, and so does the other way round (T27).
            Names(buffer, ",\"now_observed\":["u8, [.. observed.Except(before.Model.Observed, StringComparer.Ordinal)]);
            Names(buffer, ",\"now_enforced\":["u8, [.. before.Model.Observed.Except(observed, StringComparer.Ordinal)]);
        }

        buffer.Raw("}"u8);
    }

    public static void WriteRefused(RecordBuffer buffer, DateTimeOffset time, GuardrailPolicy? inForce, string? source, IReadOnlyList<PolicyError> errors)
    {
        CallRecords.Begin(buffer, "policy"u8, time, inForce?.Digest);
        buffer.Member(",\"status\":"u8, "refused");
        buffer.Member(",\"source\":"u8, source is null ? null : CallRecords.Clip(source));
        Names(buffer, ",\"errors\":["u8, [.. errors.Take(MostErrors).Select(static e => CallRecords.Clip(e.ToString(), 500))]);
        buffer.Member(",\"error_count\":"u8, errors.Count);
        buffer.Raw("}"u8);
    }

    // A list that is empty is left out, and one that is long is cut: the digest says the rest.
    private static void Names(RecordBuffer buffer, ReadOnlySpan<byte> member, IReadOnlyList<string> names)
    {
        const int most = 64;
        if (names.Count == 0)
        {
            return;
        }

        buffer.Raw(member);
        for (int i = 0; i < Math.Min(names.Count, most); i++)
        {
            buffer.Member(i == 0 ? ""u8 : ","u8, names[i]);
        }

        buffer.Raw("]"u8);
    }
}
