using System.Buffers;
using System.Globalization;
using System.Text;
using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>Fills a policy's <c>says</c> with the values of one call. Values are shown as canonical JSON, so that none of them can pass for words of the policy.</summary>
internal static class SaysText
{
    public static string Fill(string template, in ToolCall call)
    {
        if (!template.Contains('{', StringComparison.Ordinal))
        {
            return template;
        }

        var filled = new StringBuilder();
        int at = 0;
        while (at < template.Length)
        {
            int open = template.IndexOf('{', at);
            int close = open < 0 ? -1 : template.IndexOf('}', open);
            if (close < 0)
            {
                break;
            }

            filled.Append(template, at, open - at).Append(Value(template[(open + 1)..close], call));
            at = close + 1;
        }

        return filled.Append(template, at, template.Length - at).ToString();
    }

    private static string Value(string name, in ToolCall call) =>
        name.StartsWith("arg.", StringComparison.Ordinal) ? Argument(name[4..], call)
        : name.StartsWith("ctx.", StringComparison.Ordinal) ? Fact(name[4..], call)
        : $"{{{name}}}";

    private static string Argument(string name, in ToolCall call)
    {
        if (!call.Arguments.Snapshot!.TryFind(name, out ArgumentMember member))
        {
            return "(absent)";
        }

        byte[] canonical = CanonicalJson.Write(call.Arguments.Snapshot.Raw(member));
        FieldTree? hidden = ((PolicySlot)call.Resolved).Redaction?.Arguments;
        FieldTree? below = hidden is { IsWhole: true } ? hidden : hidden?.Find(Encoding.UTF8.GetBytes(name));
        return Encoding.UTF8.GetString(below is null ? canonical : Redacted(canonical, below));
    }

    // The text ends up in records, which hide what the policy hides (T33).
    private static ReadOnlySpan<byte> Redacted(byte[] canonical, FieldTree hidden)
    {
        var shown = new ArrayBufferWriter<byte>();
        new RedactedJson(new HiddenWords()).Write(canonical, hidden, declared: null, pointer: default, shown);
        return shown.WrittenSpan;
    }

    private sealed class HiddenWords : IHiddenValueWriter
    {
        public void Write(in HiddenValue value, IBufferWriter<byte> into) =>
            Encoding.UTF8.GetBytes(value.Length is { } length ? string.Create(CultureInfo.InvariantCulture, $"(hidden {value.Kind} of {length})") : $"(hidden {value.Kind})", into);
    }

    private static string Fact(string name, in ToolCall call) => name switch
    {
        "session" => call.Session.Id,
        "subject" => call.Session.Subject?.ToString() ?? "(nobody)",
        "tenant" => call.Session.Tenant ?? "(none)",
        _ => ((PolicySlot)call.Resolved).Facts.TryGetValue(name, out IReadOnlyList<PolicyValue>? values)
            ? string.Join(", ", values.Select(Text)) : "(absent)",
    };

    private static string Text(PolicyValue value) => value switch
    {
        TextValue text => Encoding.UTF8.GetString(text.Utf8.Span),
        NumberValue number => Encoding.UTF8.GetString(number.Token.Span),
        BooleanValue { Value: true } => "true",
        _ => "false",
    };
}
