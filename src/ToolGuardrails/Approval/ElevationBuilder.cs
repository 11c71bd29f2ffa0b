using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Makes the request that people decide on where an agent asks to be given something for a while.</summary>
internal static class ElevationBuilder
{
    // No tool's id has a colon, so no call has the digest of an elevation.
    private const string ToolPrefix = "elevation:";

    /// <summary>What is asked for, put together.</summary>
    /// <param name="Entry">The entry's own id.</param>
    /// <param name="Rule">The policy's entry.</param>
    /// <param name="Lasts">For how long.</param>
    /// <param name="Uses">For how many calls.</param>
    /// <param name="Reason">Why, in the words of whoever asks.</param>
    /// <param name="Gate">What giving it asks of people.</param>
    /// <param name="Tier">The highest tier that it reaches.</param>
    public sealed record Wish(string Entry, EligibleRule Rule, TimeSpan Lasts, int Uses, string Reason, TierGate Gate, RiskTier Tier)
    {
        /// <summary>The one call that it is for; null where it is for any that the entry covers.</summary>
        public ToolCall? Call { get; init; }
    }

    public static ApprovalRequest Build(Wish wish, GuardrailPolicy policy, AgentEntry agent, SessionIdentity session, string callId, TimeSpan minimumDwell, DateTimeOffset now)
    {
        byte[] terms = Terms(wish);
        byte[] slot = ElevationDigest.Compute(policy.Model, agent, wish.Rule);
        string tool = ToolPrefix + wish.Entry;
        ToolEntry[] covered = [.. policy.Model.Tools.Values.Where(wish.Rule.Covers)];
        return new ApprovalRequest
        {
            Id = Guid.NewGuid().ToString("N"),
            CallId = callId,
            Digest = ApprovalDigest.Compute(session.Agent, session.Subject, session.Tenant, session, server: null, tool, definition: null, terms, slot),
            SlotDigest = slot,
            Tool = new ToolInfo
            {
                Id = tool,
                Name = tool,
                Access = wish.Rule.Access,
                Tier = wish.Tier,
                Reversible = covered.All(static t => t.Info.Reversible),
                Touches = [.. covered.SelectMany(static t => t.Info.Touches).Distinct(StringComparer.Ordinal)],
            },
            Session = session,
            Owner = agent.Owner,
            UseCase = agent.UseCase,
            Arguments = terms,
            Tier = wish.Tier,
            Gate = wish.Gate.Approval,
            Why = [wish.Reason, $"It would reach: {string.Join(", ", covered.Select(static t => t.Info.Id))}."],
            Approvers = wish.Gate.Approvers,
            Quorum = wish.Gate.Quorum,
            NeedsComment = wish.Gate.NeedsComment,
            Escalation = wish.Gate.Escalation,
            MinimumDwell = minimumDwell,
            Elevation = new RequestedElevation(wish.Entry, wish.Call?.Tool.Id ?? wish.Rule.Tools.Text, wish.Rule.Access, wish.Lasts, wish.Uses, wish.Reason)
            {
                CallDigest = wish.Call is { } call ? RequestBuilder.DigestOf(call) : null,
                CallArguments = wish.Call is { } one ? CanonicalJson.Write(one.Arguments.Snapshot!.Utf8) : default,
            },
            HiddenPaths = wish.Call is { } hiding ? [.. (((PolicySlot)hiding.Resolved).Redaction?.ArgumentPaths ?? []).Select(static p => (IReadOnlyList<string>)["arguments", .. p])] : [],
            PolicyDigest = policy.Digest,
            RequestedAt = now,
            ExpiresAt = now + wish.Gate.Expires,
            Lifetime = wish.Gate.Expires,
        };
    }

    // What is asked for, as the approver sees it and as the digest binds it.
    private static byte[] Terms(Wish wish)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("entry", wish.Entry);
            json.WriteString("tools", wish.Rule.Tools.Text);
            json.WriteStartArray("access");
            foreach (string access in AccessText.Names(wish.Rule.Access))
            {
                json.WriteStringValue(access);
            }

            json.WriteEndArray();
            if (wish.Rule.Source.TryGetProperty("where", out JsonElement where))
            {
                json.WritePropertyName("where");
                where.WriteTo(json);
            }

            json.WriteString("for", wish.Lasts.ToString("c", CultureInfo.InvariantCulture));
            json.WriteNumber("uses", wish.Uses);
            json.WriteString("reason", wish.Reason);
            if (wish.Call is { } call)
            {
                json.WriteString("tool", call.Tool.Id);
                json.WritePropertyName("arguments");
                json.WriteRawValue(call.Arguments.Snapshot!.Utf8);
            }

            json.WriteEndObject();
        }

        return CanonicalJson.Write(buffer.WrittenSpan);
    }
}
