namespace ToolGuardrails.Testing.Stores;

/// <summary>Many callers at once.</summary>
internal static class Crowd
{
    public const int Size = 1000;

    /// <summary>How many of them get true.</summary>
    public static async Task<int> CountAsync(Func<int, Task<bool>> askAsync)
    {
        bool[] answers = await Task.WhenAll(Enumerable.Range(0, Size).Select(i => Task.Run(() => askAsync(i)))).ConfigureAwait(false);
        return answers.Count(static a => a);
    }
}
