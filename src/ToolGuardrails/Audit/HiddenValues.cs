using System.Buffers;
using System.Globalization;
using System.Text;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Audit;

/// <summary>Writes kind, length and commitment in the place of a hidden value, and remembers where that was (docs/audit-records.md).</summary>
internal sealed class HiddenValues(Commitment commitment) : IHiddenValueWriter
{
    /// <summary>Beyond this many, the whole payload is hidden, so that a record always names every place.</summary>
    public const int Most = 32;

    /// <summary>The places, as JSON pointers.</summary>
    public List<string> Pointers { get; } = [];

    public void Write(in HiddenValue value, IBufferWriter<byte> into)
    {
        if (Pointers.Count > Most)
        {
            into.Write("null"u8); // One too many is enough to know; a million deep places would fill the memory.
            return;
        }

        Pointers.Add(Encoding.UTF8.GetString(value.Pointer));

        string length = value.Length is { } count ? string.Create(CultureInfo.InvariantCulture, $",\"length\":{count}") : "";
        Encoding.UTF8.GetBytes($"{{\"$redacted\":\"{value.Kind}\"{length},\"c\":\"{Commit(value)}\"}}", into);
    }

    private string Commit(in HiddenValue value)
    {
        Span<byte> text = stackalloc byte[Commitment.TextLength];
        commitment.Write([.. value.Pointer, 0, .. value.Canonical], text);
        return Encoding.ASCII.GetString(text);
    }
}
