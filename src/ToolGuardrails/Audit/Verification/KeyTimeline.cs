using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Which key was in force when. Keys are compared as they are written, of which there is one way.</summary>
internal sealed class KeyTimeline
{
    private readonly string _first;
    private readonly List<(long Index, string Old, string New)> _changes = [];

    public KeyTimeline(string first)
    {
        _first = first;
        Current = first;
        Keys = [first];
    }

    /// <summary>The key in force now.</summary>
    public string Current { get; private set; }

    /// <summary>Every key that was in force, each once.</summary>
    public IReadOnlyList<string> Keys { get; private set; }

    public IReadOnlyList<(long Index, string Old, string New)> Changes => _changes;

    public void Change(long index, string key)
    {
        _changes.Add((index, Current, key));
        Current = key;
        if (!Keys.Contains(key))
        {
            Keys = [.. Keys, key];
        }
    }

    /// <summary>The keys that a checkpoint of this size must be signed by: one, or both at a change.</summary>
    public IReadOnlyList<string> Required(long size)
    {
        string key = _first;
        foreach ((long index, string old, string next) in _changes)
        {
            if (size == index + 1)
            {
                return [old, next];
            }

            if (size <= index)
            {
                break;
            }

            key = next;
        }

        return [key];
    }
}

/// <summary>Verifies notes. One instance serves one thread at a time.</summary>
internal sealed class NoteVerifier : IDisposable
{
    private readonly Dictionary<string, NoteKey> _keys = new(StringComparer.Ordinal);

    /// <summary>Says why a note isn't signed as it must be; null where it is.</summary>
    /// <param name="note">The note.</param>
    /// <param name="known">Keys whose signatures must hold where they are there.</param>
    /// <param name="required">Keys whose signatures must be there.</param>
    public string? Problem(string note, IReadOnlyList<string> known, IReadOnlyList<string> required)
    {
        var keys = new List<NoteKey>(known.Count);
        foreach (string key in known.Concat(required).Distinct(StringComparer.Ordinal))
        {
            if (TryKey(key) is not { } parsed)
            {
                return $"The key '{key}' can't be read.";
            }

            keys.Add(parsed);
        }

        if (!SignedNote.TryOpen(Encoding.UTF8.GetBytes(note), keys, out SignedNote? opened, out string? problem))
        {
            return problem;
        }

        string? missing = required.FirstOrDefault(k => !opened.VerifiedBy.Contains(_keys[k]));
        return missing is null ? null : $"The note isn't signed by {Short(missing)}, the key in force at its size.";
    }

    public void Dispose()
    {
        foreach (NoteKey key in _keys.Values)
        {
            key.Dispose();
        }
    }

    private static string Short(string key) => key.LastIndexOf('+') is > 0 and var end ? key[..end] : key;

    private NoteKey? TryKey(string text)
    {
        if (_keys.TryGetValue(text, out NoteKey? key))
        {
            return key;
        }

        try
        {
            return _keys[text] = NoteKey.Parse(text);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
