using System.Buffers;
using System.Text;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Approval;

/// <summary>Tells an approver what can be told of a hidden value: its kind, its length, and where a URL or a mail address leads (T34).</summary>
internal sealed class MaskedValue : IHiddenValueWriter
{
    public void Write(in HiddenValue value, IBufferWriter<byte> into) =>
        Encoding.UTF8.GetBytes($"(hidden {Measure.Of(value)}{Place(value)})", into);

    private static string Place(in HiddenValue value)
    {
        if (value.Canonical[0] != '"')
        {
            return "";
        }

        using var text = UnescapedText.Of(value.Canonical[1..^1]);
        return UrlHost.TryGetOrigin(text.Span, out ReadOnlySpan<byte> origin) ? $", a URL at {Encoding.ASCII.GetString(origin)}"
            : MailAddress.TryGetDomain(text.Span, out ReadOnlySpan<byte> domain) && EndsInWord(domain) ? $", a mail address at {Encoding.ASCII.GetString(domain)}"
            : "";
    }

    // A password may hold an '@' too; what follows it is told only where it looks like a name that mail goes to.
    private static bool EndsInWord(ReadOnlySpan<byte> domain)
    {
        int dot = domain.LastIndexOf((byte)'.');
        ReadOnlySpan<byte> last = domain[(dot + 1)..];
        bool isWord = true;
        foreach (byte b in last)
        {
            isWord &= char.IsAsciiLetter((char)b);
        }

        return dot > 0 && last.Length >= 2 && isWord;
    }
}
