namespace ToolGuardrails.Testing.Contracts;

/// <summary>Disposes of what an author's factory has made, however it wants that.</summary>
internal static class Disposal
{
    public static async ValueTask DisposeAsync(object made)
    {
        if (made is IAsyncDisposable later)
        {
            await later.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            (made as IDisposable)?.Dispose();
        }
    }
}
