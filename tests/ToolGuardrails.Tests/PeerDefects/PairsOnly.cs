using System.Collections;

namespace ToolGuardrails.Tests.PeerDefects;

/// <summary>Arguments that are a sequence of pairs and nothing else, as some frameworks have them: not an IDictionary of any kind.</summary>
internal sealed class PairsOnly(params (string Name, object? Value)[] pairs) : IEnumerable<KeyValuePair<string, object?>>
{
    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator() =>
        pairs.Select(static p => KeyValuePair.Create(p.Name, p.Value)).GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
