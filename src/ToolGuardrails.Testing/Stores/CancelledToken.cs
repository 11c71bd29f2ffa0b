using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>A token that was cancelled before a store is asked.</summary>
internal static class CancelledToken
{
    public static async Task StopsAsync(Func<CancellationToken, Task> change)
    {
        try
        {
            await change(new CancellationToken(canceled: true)).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return;
        }

        throw new BrokenContractException("It doesn't throw OperationCanceledException where the token was cancelled before it began.");
    }
}
