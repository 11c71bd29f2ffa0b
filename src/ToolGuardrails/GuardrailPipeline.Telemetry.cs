using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// What a host that listens sees of decisions. A listener that throws changes none of them (law 5).
public sealed partial class GuardrailPipeline
{
    // The convention of OpenTelemetry for the span around a tool's execution, which agent loops start.
    private const string ExecuteTool = "execute_tool";

    private static readonly ActivitySource Source = new(GuardrailTelemetry.ActivitySourceName);
    private static readonly Counter<long> Decisions = GuardrailTelemetry.Meter.CreateCounter<long>(GuardrailTelemetry.Decisions, "{decision}", "Decisions on tool calls.");

    // A span becomes the current one, and stays so for whoever awaits: one is only started where a state machine keeps that from the caller.
    private static bool IsTraced => Source.HasListeners();

    private static Activity? StartSpan()
    {
        try
        {
            return Source.StartActivity(GuardrailTelemetry.DecideActivity);
        }
        catch (Exception)
        {
            return null;
        }
    }

    private static void EndSpan(Activity? span)
    {
        try
        {
            span?.Dispose();
        }
        catch (Exception)
        {
            // A listener's. The one before is the current one again behind the state machine.
        }
    }

    private static void Tell(in ToolCall call, Verdict verdict, RiskTier tier)
    {
        if (Decisions.Enabled || IsTraced)
        {
            TellListeners(call, verdict, tier);
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void TellListeners(in ToolCall call, Verdict verdict, RiskTier tier)
    {
        try
        {
            string agent = ((PolicySlot)call.Resolved).Agent is null ? "unknown" : call.Session.Agent;
            string tool = call.Tool.Access == ToolAccess.None ? "unknown" : call.Tool.Id;
            Activity? current = Activity.Current;
            if (current?.Source == Source)
            {
                Tag(current, agent, tool, tier, verdict.Reason.Code, call.CallId);
                current = current.Parent;
            }

            if (current?.OperationName.StartsWith(ExecuteTool, StringComparison.Ordinal) == true)
            {
                Tag(current, agent, tool, tier, verdict.Reason.Code, call.CallId);
            }

            Decisions.Add(1, new("agent", agent), new("tool", tool), new("tier", PolicyWords.InWords(tier)), new("code", verdict.Reason.Code));
        }
        catch (Exception)
        {
            // A listener's.
        }
    }

    private static void Tag(Activity span, string agent, string tool, RiskTier tier, string code, string call)
    {
        if (span.IsAllDataRequested)
        {
            span.SetTag(GuardrailTelemetry.AgentTag, agent)
                .SetTag(GuardrailTelemetry.ToolTag, tool)
                .SetTag(GuardrailTelemetry.TierTag, PolicyWords.InWords(tier))
                .SetTag(GuardrailTelemetry.CodeTag, code)
                .SetTag(GuardrailTelemetry.CallTag, call);
        }
    }
}
