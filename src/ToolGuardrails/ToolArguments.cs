using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using ToolGuardrails.Intake;

namespace ToolGuardrails;

/// <summary>The arguments of one proposed call: a strict, immutable UTF-8 JSON object.</summary>
/// <remarks>
/// Reading never throws for what the model wrote: text that isn't a strict JSON object becomes a <see cref="Refusal"/>, which the pipeline denies and records.
/// The bytes are copied first and judged afterwards, so nothing the caller still holds can change them (laws 2 and 8).
/// Arguments made here can be used as often as wanted. Those from <see cref="AgentSession.ReadArguments(ReadOnlySpan{byte})"/> are pooled, good for one call,
/// and unreadable once it has ended: an access then throws <see cref="InvalidOperationException"/> and never shows another call's bytes.
/// </remarks>
public readonly struct ToolArguments
{
    private readonly ArgumentSnapshot? _snapshot;
    private readonly uint _generation;

    internal ToolArguments(ArgumentSnapshot snapshot)
    {
        _snapshot = snapshot;
        _generation = snapshot.Generation;
    }

    /// <summary>The object without members, <c>{}</c>.</summary>
    public static ToolArguments Empty { get; } = FromUtf8("{}"u8);

    /// <summary>Why the arguments are refused; null where they were read. A default value is refused.</summary>
    public VerdictReason? Refusal => _snapshot is null ? Reasons.ArgumentsMalformed : Live.Refusal;

    /// <summary>How many bytes the judged JSON has; 0 where it was refused.</summary>
    public int Length => _snapshot is null ? 0 : Live.Length;

    internal ArgumentSnapshot? Snapshot => _snapshot;

    internal bool IsLive => _snapshot is not null && _snapshot.Generation == _generation;

    // Claims the snapshot for one call; false where another call has had it.
    internal bool TryTake() => _snapshot is not null && _snapshot.TryTake(_generation);

    private ArgumentSnapshot Live
    {
        get
        {
            ThrowUnlessLive();
            return _snapshot!;
        }
    }

    /// <summary>Reads UTF-8 bytes, which are copied.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="limits">Null for <see cref="ArgumentLimits.Default"/>.</param>
    public static ToolArguments FromUtf8(ReadOnlySpan<byte> json, ArgumentLimits? limits = null) =>
        new(ArgumentIntake.Read(new ArgumentSnapshot(), json, limits ?? ArgumentLimits.Default));

    /// <summary>Reads JSON text.</summary>
    /// <param name="json">One JSON object.</param>
    /// <param name="limits">Null for <see cref="ArgumentLimits.Default"/>.</param>
    public static ToolArguments FromJson(string json, ArgumentLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(json);
        return new(ArgumentIntake.Read(new ArgumentSnapshot(), json, limits ?? ArgumentLimits.Default));
    }

    /// <summary>Reads an element as a model client hands it over.</summary>
    /// <param name="json">The element; its own source text is judged, so that names which its document would merge are seen.</param>
    /// <param name="limits">Null for <see cref="ArgumentLimits.Default"/>.</param>
    public static ToolArguments FromJson(JsonElement json, ArgumentLimits? limits = null) =>
        new(ArgumentIntake.Read(new ArgumentSnapshot(), json, limits ?? ArgumentLimits.Default));

    /// <summary>Reads a dictionary as a model client hands it over: values may be JSON elements and nodes, .NET scalars, and nested dictionaries and lists of them.</summary>
    /// <param name="arguments">The arguments. Values that have no exact JSON form are refused.</param>
    /// <param name="limits">Null for <see cref="ArgumentLimits.Default"/>.</param>
    public static ToolArguments FromDictionary(IEnumerable<KeyValuePair<string, object?>> arguments, ArgumentLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return new(ArgumentIntake.Read(new ArgumentSnapshot(), arguments, limits ?? ArgumentLimits.Default));
    }

    /// <summary>Reads a dictionary of JSON elements.</summary>
    /// <param name="arguments">The arguments.</param>
    /// <param name="limits">Null for <see cref="ArgumentLimits.Default"/>.</param>
    public static ToolArguments FromDictionary(IEnumerable<KeyValuePair<string, JsonElement>> arguments, ArgumentLimits? limits = null)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        return FromDictionary(arguments.Select(static a => KeyValuePair.Create(a.Key, (object?)a.Value)), limits);
    }

    /// <summary>Reads an element with the default limits.</summary>
    /// <param name="json">The element.</param>
    public static implicit operator ToolArguments(JsonElement json) => FromJson(json);

    /// <summary>Reads a dictionary with the default limits.</summary>
    /// <param name="arguments">The arguments.</param>
    public static implicit operator ToolArguments(Dictionary<string, object?> arguments) => FromDictionary(arguments);

    /// <summary>Whether there is an argument of this name; one that is null counts.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    public bool Contains(string name) => TryFind(name, out _);

    /// <summary>The text of a string argument.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    /// <param name="value">The text, unescaped; null where this returns false.</param>
    /// <returns>Whether there is such an argument and it is a string.</returns>
    public bool TryGetString(string name, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value)
    {
        value = TryFind(name, out ArgumentMember member) && member.Kind == JsonValueKind.String ? Live.ReadString(member) : null;
        ThrowUnlessLive();
        return value is not null;
    }

    /// <summary>A whole number that fits, written without fraction or exponent.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    /// <param name="value">The number; 0 where this returns false.</param>
    public bool TryGetInt64(string name, out long value)
    {
        value = 0;
        bool found = TryFind(name, out ArgumentMember member) && member.Kind == JsonValueKind.Number
            && System.Buffers.Text.Utf8Parser.TryParse(Live.Raw(member), out value, out int read) && read == member.ValueLength;
        value = found ? value : 0;
        ThrowUnlessLive();
        return found;
    }

    /// <summary>A number that a <see cref="decimal"/> holds exactly.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    /// <param name="value">The number; 0 where this returns false, also where the number would have to be rounded.</param>
    public bool TryGetDecimal(string name, out decimal value)
    {
        value = 0;
        bool found = TryFind(name, out ArgumentMember member) && member.Kind == JsonValueKind.Number
            && ExactNumber.TryGetDecimal(Live.Raw(member), out value);
        ThrowUnlessLive();
        return found;
    }

    /// <summary>A truth value.</summary>
    /// <param name="name">The name, compared ordinally.</param>
    /// <param name="value">The value; false where this returns false.</param>
    public bool TryGetBoolean(string name, out bool value)
    {
        bool found = TryFind(name, out ArgumentMember member) && member.Kind is JsonValueKind.True or JsonValueKind.False;
        value = found && member.Kind == JsonValueKind.True;
        return found;
    }

    /// <summary>The whole object as the tool's own type.</summary>
    /// <typeparam name="T">The type.</typeparam>
    /// <param name="contract">Its source-generated contract.</param>
    /// <exception cref="JsonException">The judged bytes don't fit the type.</exception>
    public T? Deserialize<T>(JsonTypeInfo<T> contract)
    {
        ArgumentNullException.ThrowIfNull(contract);
        T? value = JsonSerializer.Deserialize(Live.Utf8, contract);
        ThrowUnlessLive();
        return value;
    }

    /// <summary>The whole object as an element that stays readable after the call.</summary>
    public JsonElement ToJsonElement()
    {
        JsonElement value = JsonElement.Parse(Live.Utf8);
        ThrowUnlessLive();
        return value;
    }

    /// <summary>A copy of the judged bytes.</summary>
    public byte[] ToUtf8()
    {
        byte[] copy = Live.Utf8.ToArray();
        ThrowUnlessLive();
        return copy;
    }

    /// <summary>The canonical form that digests and approvals are over: names sorted by their UTF-8 bytes, RFC 8785's escapes (section 3.2.2.2), no white space, numbers as they were written.</summary>
    public string ToCanonicalJson()
    {
        string text = System.Text.Encoding.UTF8.GetString(CanonicalJson.Write(Live.Utf8));
        ThrowUnlessLive();
        return text;
    }

    /// <summary>How many bytes. Never the content: this text ends up in logs.</summary>
    public override string ToString() => !IsLive ? "no arguments" : Refusal is { } refusal ? refusal.Code : $"{Length} bytes of arguments";

    private bool TryFind(string name, out ArgumentMember member)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (_snapshot is null)
        {
            member = default;
            return false;
        }

        bool found = Live.TryFind(name, out member);
        ThrowUnlessLive();
        return found;
    }

    // Checked before and after each read: bytes that were given back meanwhile are never handed out.
    private void ThrowUnlessLive()
    {
        Interlocked.MemoryBarrier(); // What was read was read before this.
        if (_snapshot is not null && !IsLive)
        {
            throw new InvalidOperationException("These arguments were pooled for a call that has ended; copy what you need while the call runs.");
        }
    }
}
