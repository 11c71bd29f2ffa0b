using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>The arguments that a policy declares for a tool, and the check of a call against them.</summary>
internal sealed class DeclaredArguments
{
    private readonly Declared[] _declared;
    private readonly int _required;

    public DeclaredArguments(IReadOnlyDictionary<string, ArgumentKind> declared)
    {
        Names = [.. declared.Keys];
        _declared = [.. declared.Select(static d => new Declared(Encoding.UTF8.GetBytes(d.Key), d.Value))];
        _required = _declared.Count(static d => d.IsRequired);
    }

    public IReadOnlyList<string> Names { get; }

    /// <summary>Fills in which member holds each declared argument, -1 where it is absent.</summary>
    public VerdictReason? Locate(ArgumentSnapshot arguments, Span<int> positions)
    {
        positions.Fill(-1);
        ReadOnlySpan<ArgumentMember> members = arguments.Members;
        int required = 0;
        bool fit = true;
        for (int m = 0; m < members.Length; m++)
        {
            // Callers mostly keep the order in which a tool declares its arguments.
            ref readonly ArgumentMember member = ref members[m];
            int place = m < _declared.Length && arguments.NameEquals(member, _declared[m].Name) ? m : Place(arguments, member);
            if (place < 0)
            {
                return Reasons.ArgumentsUndeclared;
            }

            ref readonly Declared declared = ref _declared[place];
            required += declared.IsRequired && positions[place] < 0 ? 1 : 0;
            positions[place] = m;
            fit &= (declared.Kinds & Bit(member.Kind)) != 0 && (!declared.IsLookedInto || TextFits(arguments.Raw(member), declared.Kind.Type));
        }

        return fit && required == _required ? null : FirstRefusal(arguments, positions);
    }

    // In the order of the declaration; a null in the place of an optional argument is none.
    private VerdictReason? FirstRefusal(ArgumentSnapshot arguments, ReadOnlySpan<int> positions)
    {
        for (int d = 0; d < _declared.Length; d++)
        {
            if (Judge(arguments, positions[d], _declared[d].Kind) is { } refusal)
            {
                return refusal;
            }
        }

        return null;
    }

    /// <summary>The name of the argument for which <see cref="Locate"/> refuses the call; null where it doesn't.</summary>
    public string? Misfit(ArgumentSnapshot arguments)
    {
        int[] positions = new int[_declared.Length];
        if (Locate(arguments, positions) is null)
        {
            return null;
        }

        foreach (ref readonly ArgumentMember member in arguments.Members)
        {
            if (Place(arguments, member) < 0)
            {
                using var name = UnescapedText.Of(arguments.RawName(member));
                return Encoding.UTF8.GetString(name.Span);
            }
        }

        return Names[Enumerable.Range(0, positions.Length).First(d => Judge(arguments, positions[d], _declared[d].Kind) is not null)];
    }

    private int Place(ArgumentSnapshot arguments, in ArgumentMember member)
    {
        for (int d = 0; d < _declared.Length; d++)
        {
            if (arguments.NameEquals(member, _declared[d].Name))
            {
                return d;
            }
        }

        return -1;
    }

    private static VerdictReason? Judge(ArgumentSnapshot arguments, int position, ArgumentKind kind)
    {
        ArgumentMember member = position < 0 ? default : arguments.Members[position];
        return position < 0 || member.Kind == JsonValueKind.Null ? (kind.Optional ? null : Reasons.ArgumentsMissing)
            : Fits(arguments.Raw(member), member.Kind, kind.Type) ? null : Reasons.ArgumentsKind;
    }

    private static bool Fits(ReadOnlySpan<byte> raw, JsonValueKind kind, ArgumentType type) => (KindsOf(type) & Bit(kind)) != 0 && TextFits(raw, type);

    // A bit for each kind of value that fits, as far as its kind tells.
    private static int KindsOf(ArgumentType type) => type switch
    {
        ArgumentType.Any => ~0,
        ArgumentType.Object => Bit(JsonValueKind.Object),
        ArgumentType.String => Bit(JsonValueKind.String),
        ArgumentType.Boolean => Bit(JsonValueKind.True) | Bit(JsonValueKind.False),
        ArgumentType.Integer or ArgumentType.Number => Bit(JsonValueKind.Number),
        _ => Bit(JsonValueKind.Array),
    };

    private static int Bit(JsonValueKind kind) => 1 << (int)kind;

    // What the kind of a value doesn't tell.
    private static bool TextFits(ReadOnlySpan<byte> raw, ArgumentType type) => type switch
    {
        ArgumentType.Integer => IsInteger(raw),
        ArgumentType.Strings => AllFit(raw, ArgumentType.String),
        ArgumentType.Integers => AllFit(raw, ArgumentType.Integer),
        ArgumentType.Numbers => AllFit(raw, ArgumentType.Number),
        ArgumentType.Booleans => AllFit(raw, ArgumentType.Boolean),
        ArgumentType.Objects => AllFit(raw, ArgumentType.Object),
        _ => true,
    };

    // Written as a whole number: 1.0 and 1e3 are left to 'number', because binders disagree about them.
    private static bool IsInteger(ReadOnlySpan<byte> raw) => raw.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0;

    private static bool AllFit(ReadOnlySpan<byte> array, ArgumentType type)
    {
        var reader = new Utf8JsonReader(array, new JsonReaderOptions { MaxDepth = ArgumentLimits.DeepestAllowed + 2 });
        reader.Read();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (!Fits(reader.ValueSpan, JsonKind.Of(reader.TokenType), type))
            {
                return false;
            }

            reader.Skip();
        }

        return true;
    }

    private readonly struct Declared(byte[] name, ArgumentKind kind)
    {
        public readonly byte[] Name = name;

        public readonly ArgumentKind Kind = kind;

        public readonly bool IsRequired = !kind.Optional;

        /// <summary>A bit for each kind of value that fits. A null is left to those who look closely.</summary>
        public readonly int Kinds = KindsOf(kind.Type) & ~Bit(JsonValueKind.Null);

        /// <summary>Whether the value's text has a say too.</summary>
        public readonly bool IsLookedInto = kind.Type is ArgumentType.Integer or >= ArgumentType.Strings;
    }
}
