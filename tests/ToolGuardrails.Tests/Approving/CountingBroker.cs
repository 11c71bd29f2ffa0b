namespace ToolGuardrails.Tests.Approving;

/// <summary>A vault that counts how often a credential was asked for and given back.</summary>
internal sealed class CountingBroker : ICredentialBroker
{
    public bool Hangs { get; init; }

    public bool Throws { get; init; }

    /// <summary>What happens while it is got.</summary>
    public Func<Task>? Meanwhile { get; init; }

    public bool ReleaseThrows { get; init; }

    public int Asked { get; private set; }

    public int Released { get; private set; }

    public async ValueTask<BrokeredCredential> GetAsync(string name, ToolCall call, CancellationToken cancellationToken)
    {
        Asked++;
        if (Meanwhile is not null)
        {
            await Meanwhile();
        }

        if (Hangs)
        {
            await new TaskCompletionSource().Task.WaitAsync(cancellationToken);
        }

        return Throws ? throw new IOException("The vault is shut.") : new BrokeredCredential("s3cret", () =>
        {
            Released++;
            return ReleaseThrows ? throw new IOException("The vault is shut again.") : default;
        });
    }
}
