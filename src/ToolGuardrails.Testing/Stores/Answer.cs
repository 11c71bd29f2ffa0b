using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>What a store answers. That it throws where it has to answer is a finding.</summary>
internal static class Answer
{
    public static async Task<T> OfAsync<T>(string when, Func<ValueTask<T>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} when {when}: {e.Message}");
        }
    }
}
