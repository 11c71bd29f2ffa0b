using System.Text;

namespace ToolGuardrails.Intake;

/// <summary>Finds names of one object that are equal once escapes and letter case are set aside. One table serves a whole document, in time linear in its names: an object of few names compares them, one of many looks them up.</summary>
internal sealed class NameTable
{
    private const int Few = 8;

    private Owner[] _owners = [];
    private int[] _buckets = [];
    private Entry[] _entries = [];
    private int _count;
    private int _objects;

    public int Capacity => _entries.Length;

    /// <summary>Begins an object, or an array, at a depth.</summary>
    public void Open(int depth)
    {
        if (depth >= _owners.Length)
        {
            Array.Resize(ref _owners, Math.Max(4, depth * 2));
        }

        _owners[depth] = new Owner { Id = ++_objects, Last = -1 };
    }

    /// <summary>Adds a name of the object that was begun last at a depth.</summary>
    /// <param name="json">The document.</param>
    /// <param name="depth">The depth.</param>
    /// <param name="start">The name's first byte, behind the quote.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="isEscaped">Whether it has escapes.</param>
    /// <param name="isAscii">Whether the document is ASCII.</param>
    /// <returns>False where the same object already has its equal.</returns>
    public bool TryAdd(ReadOnlySpan<byte> json, int depth, int start, int length, bool isEscaped, bool isAscii)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(4, _count * 2));
        }

        ref Owner owner = ref _owners[depth];
        ref Entry entry = ref _entries[_count];
        entry.Start = start;
        entry.Length = length;
        entry.IsEscaped = isEscaped;
        entry.IsPlain = isAscii && !isEscaped;
        entry.Owner = owner.Id;
        entry.Previous = owner.Last;
        entry.IsIndexed = false;
        if (owner.Count >= Few ? IsIndexed(json, ref owner, entry) : IsAmongFew(json, owner.Last, entry))
        {
            return false;
        }

        owner.Last = _count++;
        if (++owner.Count > Few)
        {
            Index(json, owner.Last);
        }

        return true;
    }

    public void Clear()
    {
        _buckets.AsSpan().Clear();
        _count = 0;
        _objects = 0;
    }

    private bool IsAmongFew(ReadOnlySpan<byte> json, int last, in Entry name)
    {
        for (int i = last; i >= 0; i = _entries[i].Previous)
        {
            if (IsSame(json, _entries[i], name))
            {
                return true;
            }
        }

        return false;
    }

    // With its last name among few, an object's names have to be found by what they are.
    private bool IsIndexed(ReadOnlySpan<byte> json, ref Owner owner, in Entry name)
    {
        if (owner.Count == Few)
        {
            for (int i = owner.Last; i >= 0; i = _entries[i].Previous)
            {
                Index(json, i);
            }
        }

        int hash = Hash(json, name);
        for (int i = _buckets.Length == 0 ? -1 : _buckets[(uint)hash % (uint)_buckets.Length] - 1; i >= 0; i = _entries[i].Next)
        {
            ref Entry other = ref _entries[i];
            if (other.Hash == hash && other.Owner == owner.Id && IsSame(json, other, name))
            {
                return true;
            }
        }

        return false;
    }

    private void Index(ReadOnlySpan<byte> json, int entry)
    {
        _entries[entry].Hash = Hash(json, _entries[entry]);
        _entries[entry].IsIndexed = true;
        if (_buckets.Length < _entries.Length)
        {
            _buckets = new int[_entries.Length];
            for (int i = 0; i < entry; i++)
            {
                Link(i);
            }
        }

        Link(entry);
    }

    private void Link(int entry)
    {
        if (_entries[entry].IsIndexed)
        {
            ref int bucket = ref _buckets[(uint)_entries[entry].Hash % (uint)_buckets.Length];
            _entries[entry].Next = bucket - 1;
            bucket = entry + 1;
        }
    }

    // The framework's own case-ignoring hash and comparison, because they are what a case-insensitive binder uses.
    private static int Hash(ReadOnlySpan<byte> json, in Entry entry)
    {
        using var name = new NameText(json, entry, stackalloc char[NameText.Small]);
        return HashCode.Combine(string.GetHashCode(name.Span, StringComparison.OrdinalIgnoreCase), entry.Owner);
    }

    private static bool IsSame(ReadOnlySpan<byte> json, in Entry a, in Entry b)
    {
        if (a.IsPlain && b.IsPlain)
        {
            return a.Length == b.Length && Ascii.EqualsIgnoreCase(json.Slice(a.Start, a.Length), json.Slice(b.Start, b.Length));
        }

        using var nameA = new NameText(json, a, stackalloc char[NameText.Small]);
        using var nameB = new NameText(json, b, stackalloc char[NameText.Small]);
        return nameA.Span.Equals(nameB.Span, StringComparison.OrdinalIgnoreCase);
    }

    private struct Owner
    {
        public int Id;
        public int Last;
        public int Count;
    }

    private struct Entry
    {
        public int Start;
        public int Length;
        public int Owner;
        public int Previous;
        public int Hash;
        public int Next;
        public bool IsEscaped;
        public bool IsPlain;
        public bool IsIndexed;
    }

    private ref struct NameText
    {
        public const int Small = 128;
        private readonly char[]? _rented;

        public NameText(ReadOnlySpan<byte> json, in Entry place, Span<char> small)
        {
            ReadOnlySpan<byte> raw = json.Slice(place.Start, place.Length);
            Span<char> into = raw.Length <= small.Length ? small : _rented = System.Buffers.ArrayPool<char>.Shared.Rent(raw.Length);
            if (!place.IsEscaped)
            {
                Span = into[..Encoding.UTF8.GetChars(raw, into)];
                return;
            }

            using var text = UnescapedText.Of(raw);
            Span = into[..Encoding.UTF8.GetChars(text.Span, into)];
        }

        public ReadOnlySpan<char> Span { get; }

        public readonly void Dispose()
        {
            if (_rented is not null)
            {
                System.Buffers.ArrayPool<char>.Shared.Return(_rented, clearArray: true);
            }
        }
    }
}
