using ToolGuardrails.Testing.Contracts;

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

    /// <summary>The one of them that replaced the revision which all of them wanted to.</summary>
    /// <param name="replaceAsync">Tries it for a caller.</param>
    /// <param name="consequence">What it means where there are more, behind "it has to be 1"; or nothing.</param>
    public static async Task<int> WinnerAsync(Func<int, Task<bool>> replaceAsync, string consequence = "")
    {
        int winner = -1;
        int won = await CountAsync(async i =>
        {
            bool isMine = await replaceAsync(i).ConfigureAwait(false);
            winner = isMine ? i : winner;
            return isMine;
        }).ConfigureAwait(false);
        return won == 1 ? winner : throw new BrokenContractException($"{Size} callers replaced one revision at once, and {won} were told that they did; it has to be 1{consequence}.");
    }
}
