namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>The results of calls that complete synchronously.</summary>
internal static class Completed
{
    public static T ResultOf<T>(ValueTask<T> task) =>
        task.IsCompletedSuccessfully ? task.Result : throw new InvalidOperationException("A call that is measured didn't complete at once.");
}
