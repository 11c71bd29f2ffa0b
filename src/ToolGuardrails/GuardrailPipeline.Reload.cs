using ToolGuardrails.Policy;

namespace ToolGuardrails;

// Hot reload: another policy takes the place of the one in force, whole, or not at all.
public sealed partial class GuardrailPipeline
{
    private readonly SemaphoreSlim _reloading = new(1, 1);

    /// <summary>Puts another policy in force. Calls that are being decided are denied where what applies to them has changed (<c>policy.changed</c>), and judged anew when they are made again; no call is judged by parts of both. The change is recorded before it takes effect.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="cancellationToken">Cancels while another change is under way; the change itself isn't cancelled.</param>
    /// <exception cref="GuardrailPolicyException">The policy is refused, because its digest isn't the pinned one, or because it needs safer records than the sinks give. The policy before it stays in force, and the refusal is recorded.</exception>
    /// <exception cref="AuditUnavailableException">The change couldn't be recorded. The policy before it stays in force.</exception>
    public ValueTask ReplacePolicyAsync(GuardrailPolicy policy, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return ReplaceAsync(() => policy, source: null, cancellationToken);
    }

    internal async ValueTask ReplaceAsync(Func<GuardrailPolicy> read, string? source, CancellationToken cancellationToken)
    {
        await _reloading.WaitAsync(cancellationToken);
        try
        {
            GuardrailPolicy policy = read();
            string[] problems = [.. Problems(policy)];
            if (problems.Length > 0)
            {
                throw new GuardrailPolicyException([.. problems.Select(static p => new PolicyError("$", p))], source);
            }

            await PublishAsync(policy);
        }
        catch (GuardrailPolicyException e)
        {
            Log.PolicyRefused(_logger, Epoch.Policy?.ToString() ?? "no policy", string.Join(" | ", e.Errors.Take(8).Select(static r => VisibleText.Escape(r.ToString()))));
            _ = Trail.PolicyRefusedAsync(Epoch.Policy, source, e.Errors).AsTask();
            throw;
        }
        finally
        {
            _reloading.Release();
        }
    }

    private IEnumerable<string> Problems(GuardrailPolicy policy)
    {
        string?[] found = [GuardrailOptionsCheck.PinProblem(_pinnedPolicyDigest, policy), GuardrailOptionsCheck.SinkProblem(policy, _sinks, _auditOptions), GuardrailOptionsCheck.CredentialProblem(policy, _broker)];
        return found.OfType<string>();
    }

    private async ValueTask PublishAsync(GuardrailPolicy policy)
    {
        GuardrailPolicy? inForce = Epoch.Policy;
        if (inForce?.Digest == policy.Digest)
        {
            return;
        }

        if (!await Trail.PolicyAsync(policy, inForce, AuditAcknowledgement.Written))
        {
            throw new AuditUnavailableException("policy");
        }

        Publish(policy);
        Log.PolicyReplaced(_logger, policy.ToString(), inForce?.ToString() ?? "none");
        WarnOfObserved(policy);
    }

    internal void Publish(GuardrailPolicy? policy)
    {
        PolicyEpoch before;
        do
        {
            before = Epoch;
        }
        while (Interlocked.CompareExchange(ref _epoch, before.WithPolicy(policy), before) != before);
    }

    private void WarnOfObserved(GuardrailPolicy? policy)
    {
        if (policy?.Model.Observed is { Count: > 0 } observed)
        {
            Log.Observed(_logger, string.Join(", ", observed));
        }
    }
}
