namespace ToolGuardrails.Benchmarks;

/// <summary>What a part of all measurements stays below.</summary>
internal static class Quantile
{
    /// <summary>The value below which this part of the values lies: 0.5 for the median.</summary>
    public static double At(this double[] values, double part) => values.Order().ElementAt((int)(values.Length * part));
}
