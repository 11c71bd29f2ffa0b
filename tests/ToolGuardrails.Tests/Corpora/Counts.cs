using System.Globalization;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Corpora;

/// <summary>How often each thing happened, for the test's output.</summary>
internal sealed class Counts
{
    private readonly SortedDictionary<string, int> _counts = new(StringComparer.Ordinal);

    public int this[string what] => _counts.GetValueOrDefault(what);

    public int Total => _counts.Values.Sum();

    public void Add(string what) => _counts[what] = _counts.GetValueOrDefault(what) + 1;

    public bool Any(string ending) => _counts.Keys.Any(k => k.EndsWith(ending, StringComparison.Ordinal));

    public void Write(ITestOutputHelper output, string heading)
    {
        output.WriteLine(heading);
        foreach ((string what, int count) in _counts)
        {
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count,8} {what}"));
        }
    }
}
