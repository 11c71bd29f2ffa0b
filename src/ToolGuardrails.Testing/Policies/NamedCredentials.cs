namespace ToolGuardrails.Testing.Policies;

/// <summary>Stands in for a vault: a credential that a policy names is the text <c>credential NAME</c>.</summary>
internal sealed class NamedCredentials : ICredentialBroker
{
    public ValueTask<BrokeredCredential> GetAsync(string name, ToolCall call, CancellationToken cancellationToken) => new(new BrokeredCredential($"credential {name}"));
}
