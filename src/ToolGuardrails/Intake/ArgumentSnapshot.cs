using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Intake;

/// <summary>The judged bytes of one call and the index of their top-level members.</summary>
internal sealed class ArgumentSnapshot
{
    private byte[] _buffer = [];
    private ArgumentMember[] _members = [];
    private int _memberCount;

    // The generation and, in the lowest bit, whether a call has claimed the snapshot: one word, so that both are checked at once.
    private uint _state;

    public NameTable Names { get; } = new();

    /// <summary>Rises when the bytes are given back, so that whoever still holds the arguments can tell.</summary>
    public uint Generation => Volatile.Read(ref _state) & ~1u;

    /// <summary>Whether this came from a pool, and so serves one call only.</summary>
    public bool Pooled { get; init; }

    public int Length { get; private set; }

    /// <summary>About how many bytes this holds on to, whatever is in it now.</summary>
    public int Footprint => _buffer.Length + _members.Length * 32 + Names.Capacity * 48;

    public int Depth { get; set; }

    public int Nodes { get; set; }

    public VerdictReason? Refusal { get; private set; }

    public ReadOnlySpan<byte> Utf8 => _buffer.AsSpan(0, Length);

    public ReadOnlySpan<ArgumentMember> Members => _members.AsSpan(0, _memberCount);

    /// <summary>Claims the snapshot for a call; a pooled one can be claimed once.</summary>
    public bool TryTake(uint generation) => !Pooled || Interlocked.CompareExchange(ref _state, generation | 1, generation) == generation;

    public ReadOnlySpan<byte> Raw(in ArgumentMember member) => _buffer.AsSpan(member.ValueStart, member.ValueLength);

    public ReadOnlySpan<byte> RawName(in ArgumentMember member) => _buffer.AsSpan(member.NameStart, member.NameLength);

    /// <summary>Room for this many bytes; what was there is gone.</summary>
    public Span<byte> Reserve(int length)
    {
        if (_buffer.Length < length)
        {
            _buffer = new byte[Math.Max(length, 256)];
        }

        Length = length;
        return _buffer.AsSpan(0, length);
    }

    /// <summary>The member that was begun last.</summary>
    public ref ArgumentMember Last => ref _members[_memberCount - 1];

    /// <summary>Begins a member; its value follows.</summary>
    public void Begin(int nameStart, int nameLength, bool nameEscaped)
    {
        if (_memberCount == _members.Length)
        {
            Array.Resize(ref _members, Math.Max(8, _memberCount * 2));
        }

        ref ArgumentMember member = ref _members[_memberCount++];
        member.NameStart = nameStart;
        member.NameLength = nameLength;
        member.NameEscaped = nameEscaped;
    }

    public ArgumentSnapshot Refuse(VerdictReason reason)
    {
        Refusal = reason;
        Length = 0;
        _memberCount = 0;
        return this;
    }

    public bool TryFind(ReadOnlySpan<char> name, out ArgumentMember member)
    {
        Span<byte> utf8 = name.Length <= 128 ? stackalloc byte[384] : new byte[Encoding.UTF8.GetMaxByteCount(name.Length)];
        return TryFind(utf8[..Encoding.UTF8.GetBytes(name, utf8)], out member);
    }

    public bool TryFind(ReadOnlySpan<byte> name, out ArgumentMember member)
    {
        foreach (ref readonly ArgumentMember candidate in Members)
        {
            if (NameEquals(candidate, name))
            {
                member = candidate;
                return true;
            }
        }

        member = default;
        return false;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool NameEquals(in ArgumentMember member, ReadOnlySpan<byte> name) =>
        member.NameEscaped ? EscapedNameEquals(member, name) : RawName(member).SequenceEqual(name);

    private bool EscapedNameEquals(in ArgumentMember member, ReadOnlySpan<byte> name)
    {
        using var text = UnescapedText.Of(RawName(member));
        return text.Span.SequenceEqual(name);
    }

    // The member's value is a string token with its quotes.
    public string ReadString(in ArgumentMember member)
    {
        using var text = UnescapedText.Of(Raw(member)[1..^1]);
        return Encoding.UTF8.GetString(text.Span);
    }

    /// <summary>Gives the bytes back: from here on nobody who still holds the arguments can read them.</summary>
    public void Recycle()
    {
        Interlocked.Exchange(ref _state, Generation + 2); // A full fence: no later byte may be seen under the old generation.
        Length = 0;
        _memberCount = 0;
        Depth = 0;
        Nodes = 0;
        Refusal = null;
        Names.Clear();
    }
}
