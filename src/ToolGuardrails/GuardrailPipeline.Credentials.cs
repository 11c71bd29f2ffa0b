using ToolGuardrails.Audit;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

// The credential that the policy's grant names: got when the call is about to run, ended with it (S14).
public sealed partial class GuardrailPipeline
{
    private readonly ICredentialBroker? _broker;

    // It may take its time, so what was judged is looked at once more; and a tool whose credential can't be had never starts.
    private async ValueTask<(Judgement Judged, ToolCredential? Credential)> TakeCredentialAsync(ToolBinding binding, Judgement judged, CancellationToken ends, CancellationToken cancellationToken)
    {
        (ToolCredential? credential, VerdictReason? failure) = await GetCredentialAsync(judged.Call, ends);
        if (failure is not null)
        {
            await StopIfCancelledAsync(judged.Call, cancellationToken);
        }

        judged = StillInForce(binding, judged);
        if (!judged.Decision.IsAllowed)
        {
            await EndCredentialAsync(credential);
        }
        else if (failure is not null)
        {
            judged = await DenyAtDispatchAsync(judged, failure);
        }

        return (judged, credential);
    }

    // Null where none is named; a failure is a reason.
    private async ValueTask<(ToolCredential? Credential, VerdictReason? Failure)> GetCredentialAsync(ToolCall call, CancellationToken cancellationToken)
    {
        if (NameOfCredential(call) is not { } name)
        {
            return (null, null);
        }

        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task<BrokeredCredential>? brokering = null;
        try
        {
            brokering = _broker!.GetAsync(name, call.With(default, call.Tier), ends.Token).AsTask();
            return (new ToolCredential(name, await brokering.WaitAsync(_guardTimeout, _time, cancellationToken)), null);
        }
        catch (Exception e)
        {
            ends.CancelQuietly();
            Log.CredentialUnavailable(_logger, name, call.CallId, e);
            if (brokering is not null)
            {
                _ = EndLateAsync(name, brokering);
            }

            return (null, Reasons.CredentialUnavailable);
        }
    }

    // A credential that comes when its call is over is nobody's, and goes back at once.
    private async Task EndLateAsync(string name, Task<BrokeredCredential> brokering)
    {
        await Task.WhenAny(brokering);
        if (brokering.IsCompletedSuccessfully && brokering.Result is { } late)
        {
            await EndCredentialAsync(new ToolCredential(name, late));
        }
    }

    // The credential ends with the tool, before anything is recorded of it.
    private ValueTask<T> WithCredentialAsync<T>(ValueTask<T> executing, ToolCredential? credential) => credential is null ? executing : EndingAsync(executing, credential);

    private async ValueTask<T> EndingAsync<T>(ValueTask<T> executing, ToolCredential credential)
    {
        try
        {
            return await executing;
        }
        finally
        {
            await EndCredentialAsync(credential);
        }
    }

    private async ValueTask EndCredentialAsync(ToolCredential? credential)
    {
        if (credential is null)
        {
            return;
        }

        try
        {
            await credential.EndAsync().AsTask().WaitAsync(_guardTimeout, _time);
        }
        catch (Exception e)
        {
            Log.CredentialNotReleased(_logger, credential.Name, e); // The tool can't read it any more all the same.
        }
    }

    // Of the grants of the session's own agent, the first that matches and names one.
    private static string? NameOfCredential(in ToolCall call)
    {
        var slot = (PolicySlot)call.Resolved;
        if (slot.Layers.Length == 0 || slot.Layers[0].Grants.All(static g => g.Credential is null))
        {
            return null;
        }

        ConditionInput input = PolicySlot.InputOf(call);
        foreach (CompiledRule grant in slot.Layers[0].Grants)
        {
            if (grant.Credential is not null && grant.Condition.Evaluate(input) == Truth.True)
            {
                return grant.Credential;
            }
        }

        return null;
    }

    // Nothing ran: the log says so, and an approval that was used for it is over.
    private async ValueTask<Judgement> DenyAtDispatchAsync(Judgement judged, VerdictReason reason)
    {
        await RecordOutcomeAsync<NoResult>(judged.Call, OutcomeStatus.NotRun, reason.Code, withheld: null, contract: null, default);
        ToolCall call = judged.Call.With(Verdict.Deny(reason), judged.Call.Tier, judged.Call.Approval);
        return new Judgement(call, DecisionOn(call));
    }
}
