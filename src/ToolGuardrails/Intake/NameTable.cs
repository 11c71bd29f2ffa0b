using System.Text;

namespace ToolGuardrails.Intake;

/// <summary>Finds names of one object that are equal once escapes and letter case are set aside. One table serves a whole document, in time linear in its names.</summary>
internal sealed class NameTable
{
    private int[] _buckets = [];
    private Entry[] _entries = [];
    private int _count;

    public int Capacity => _entries.Length;

    /// <summary>Adds a name.</summary>
    /// <returns>False where the same object already has its equal.</returns>
    public bool TryAdd(ReadOnlySpan<byte> json, int owner, int start, int length, bool escaped)
    {
        int hash = Hash(json.Slice(start, length), escaped, owner);
        if (_count >= _buckets.Length)
        {
            Grow();
        }

        ref int bucket = ref _buckets[(uint)hash % (uint)_buckets.Length];
        for (int i = bucket - 1; i >= 0; i = _entries[i].Next)
        {
            ref Entry other = ref _entries[i];
            if (other.Hash == hash && other.Owner == owner && SameName(json, other, start, length, escaped))
            {
                return false;
            }
        }

        _entries[_count] = new Entry(hash, owner, start, length, escaped, bucket - 1);
        bucket = ++_count;
        return true;
    }

    public void Clear()
    {
        _buckets.AsSpan().Clear();
        _count = 0;
    }

    private void Grow()
    {
        int size = Math.Max(16, _buckets.Length * 2);
        Array.Resize(ref _entries, size);
        _buckets = new int[size];
        for (int i = 0; i < _count; i++)
        {
            ref int bucket = ref _buckets[(uint)_entries[i].Hash % (uint)size];
            _entries[i] = _entries[i] with { Next = bucket - 1 };
            bucket = i + 1;
        }
    }

    // The framework's own case-ignoring hash and comparison, because they are what a case-insensitive binder uses.
    private static int Hash(ReadOnlySpan<byte> raw, bool escaped, int owner)
    {
        using var name = new NameText(raw, escaped, stackalloc char[NameText.Small]);
        return HashCode.Combine(string.GetHashCode(name.Span, StringComparison.OrdinalIgnoreCase), owner);
    }

    private static bool SameName(ReadOnlySpan<byte> json, in Entry other, int start, int length, bool escaped)
    {
        using var a = new NameText(json.Slice(other.Start, other.Length), other.Escaped, stackalloc char[NameText.Small]);
        using var b = new NameText(json.Slice(start, length), escaped, stackalloc char[NameText.Small]);
        return a.Span.Equals(b.Span, StringComparison.OrdinalIgnoreCase);
    }

    private readonly record struct Entry(int Hash, int Owner, int Start, int Length, bool Escaped, int Next);

    private ref struct NameText
    {
        public const int Small = 128;
        private readonly char[]? _rented;

        public NameText(ReadOnlySpan<byte> raw, bool escaped, Span<char> small)
        {
            Span<char> into = raw.Length <= small.Length ? small : _rented = System.Buffers.ArrayPool<char>.Shared.Rent(raw.Length);
            if (!escaped)
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
