using System.Collections;

namespace ToolGuardrails.Tests.Scale;

/// <summary>A list that counts how many of its items are looked at.</summary>
internal sealed class CountedList<T>(IReadOnlyList<T> items) : IReadOnlyList<T>
{
    public int Looks { get; set; }

    public int Count => items.Count;

    public T this[int index]
    {
        get
        {
            Looks++;
            return items[index];
        }
    }

    public IEnumerator<T> GetEnumerator()
    {
        for (int i = 0; i < items.Count; i++)
        {
            yield return this[i];
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
