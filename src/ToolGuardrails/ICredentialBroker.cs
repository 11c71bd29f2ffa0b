namespace ToolGuardrails;

/// <summary>Gets the credential that a grant of the policy names: from a vault, or as a token exchanged for this one call. The agent and the model never see it.</summary>
/// <remarks>Law 5: a call whose broker throws, or takes longer than <see cref="GuardrailOptions.GuardTimeout"/>, doesn't run (<c>credential.unavailable</c>).</remarks>
public interface ICredentialBroker
{
    /// <summary>Gets a credential for one call, which has been allowed and recorded and is about to run.</summary>
    /// <param name="name">The name that the policy's grant has.</param>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Is cancelled when the call is, or the time is up.</param>
    ValueTask<BrokeredCredential> GetAsync(string name, ToolCall call, CancellationToken cancellationToken);
}

/// <summary>What a broker hands over for one call.</summary>
/// <param name="secret">The secret.</param>
/// <param name="release">Gives it back when the call has ended, so that it is worth nothing any more; null where there is nothing to do.</param>
public sealed class BrokeredCredential(string secret, Func<ValueTask>? release = null)
{
    internal string Secret { get; } = secret ?? throw new ArgumentNullException(nameof(secret));

    internal Func<ValueTask>? Release { get; } = release;

    /// <summary>Never the secret.</summary>
    public override string ToString() => "a credential";
}
