using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

/// <summary>What the parser refuses, each change applied to a note that opens without it.</summary>
public sealed class SignedNoteParserTests : IDisposable
{
    private readonly EcdsaNoteSigner _signer = Notes.Signer();
    private readonly NoteKey _key;

    public SignedNoteParserTests() => _key = NoteKey.Parse(_signer.VerifierKey);

    [Theory]
    [InlineData("a\n", "a\r\n", "carriage return")]
    [InlineData("a\n", "\ta\n", "control character")]
    [InlineData("a\n", "a\0\n", "control character")]
    [InlineData("a\n\n", "a\n", "no empty line")]
    [InlineData("a\n\n", "a\n\n\n", "doesn't fit")]
    [InlineData("\u2014 ", "- ", "em dash")]
    [InlineData("\u2014 ", "\u2014", "em dash")]
    [InlineData("\u2014 ", "\u2014  ", "em dash")]
    [InlineData("\u2014 ", " \u2014 ", "em dash")]
    [InlineData("\u2014 ", "\u2013 ", "em dash")]
    [InlineData("log/test ", "log/test  ", "em dash")]
    [InlineData("log/test ", "log/ test ", "em dash")]
    [InlineData("log/test ", "log/test\u00a0", "em dash")]
    [InlineData("log/test ", "log/\u2028test ", "em dash")]
    [InlineData("log/test ", "log+test ", "em dash")]
    [InlineData("guardrails.example/log/test ", " ", "em dash")]
    [InlineData("guardrails.example/log/test ", "", "em dash")]
    public async Task A_note_with_another_form_is_refused(string part, string instead, string problem)
    {
        string note = Encoding.UTF8.GetString(await Notes.Sign("a\n", _signer));
        Assert.Null(Notes.Problem(Notes.Utf8(note), _key));
        string changed = note.Replace(part, instead, StringComparison.Ordinal);
        Assert.NotEqual(note, changed);
        Assert.Contains(problem, Notes.Problem(Notes.Utf8(changed), _key), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n")]
    [InlineData("\n\n")]
    [InlineData("a")]
    [InlineData("a\n")]
    [InlineData("a\n\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU=")]
    [InlineData("a\n\n\u2014 x AQIDBAU=\nb\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU=\n\n")]
    [InlineData("a\n\n\u2014 x \n")]
    [InlineData("a\n\n\u2014 x\n")]
    [InlineData("a\n\n\u2014 x AQIDBA==\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU\n")]
    [InlineData("a\n\n\u2014 x AQIDBAV=\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU==\n")]
    [InlineData("a\n\n\u2014 x AQID BAU=\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU= \n")]
    [InlineData("a\n\n\u2014 x AQIDBA-_\n")]
    [InlineData("a\n\n\u2014 x AQIDBAU=AQIDBAU=\n")]
    public void A_malformed_note_is_refused_before_any_key_is_asked(string note) =>
        Assert.NotNull(SignedNoteParser.Parse(Notes.Utf8(note), out _, out _));

    [Fact]
    public void A_wellformed_note_is_taken_apart_at_its_last_empty_line()
    {
        byte[] note = Notes.Utf8("a\n\nb\n\n\u2014 x AQIDBAU=\n\u2014 y/\u00fc /+8BAgM=\n");
        Assert.Null(SignedNoteParser.Parse(note, out int length, out List<SignedNoteSignature> signatures));
        Assert.Equal("a\n\nb\n", Encoding.UTF8.GetString(note, 0, length));
        Assert.Equal([("x", 0x01020304u, "05"), ("y/\u00fc", 0xffef0102u, "03")], signatures.Select(static s => (s.Name, s.KeyId, Convert.ToHexString(s.Bytes.Span))));
    }

    [Fact]
    public async Task Bytes_that_are_not_utf8_are_refused()
    {
        byte[] note = await Notes.Sign("a\n", _signer);
        Assert.Equal("The note isn't UTF-8.", Notes.Problem([0xff, .. note], _key));
        Assert.Equal("The note isn't UTF-8.", Notes.Problem([0xed, 0xa0, 0x80, .. note], _key));
        Assert.Equal("The note isn't UTF-8.", Notes.Problem([0xc0, 0x8a, .. note], _key));
    }

    [Fact]
    public async Task Sixteen_signatures_are_read_and_seventeen_refused()
    {
        string note = Encoding.UTF8.GetString(await Notes.Sign("a\n", _signer));
        string sixteen = note + string.Concat(Enumerable.Range(1, 15).Select(Notes.StrangersLine));
        Assert.Null(Notes.Problem(Notes.Utf8(sixteen), _key));
        Assert.Contains("more than 16", Notes.Problem(Notes.Utf8(sixteen + Notes.StrangersLine(16)), _key), StringComparison.Ordinal);
    }

    [Fact]
    public void A_note_may_have_128_KiB_and_no_byte_more()
    {
        string end = "\n\n" + Notes.StrangersLine();
        string full = new string('x', SignedNoteParser.MostBytes - Encoding.UTF8.GetByteCount(end)) + end;
        Assert.Null(SignedNoteParser.Parse(Notes.Utf8(full), out _, out _));
        Assert.Contains("131073", SignedNoteParser.Parse(Notes.Utf8("x" + full), out _, out _), StringComparison.Ordinal);
        Assert.Contains("1000000", Notes.Problem(new byte[1_000_000], _key), StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _key.Dispose();
        _signer.Dispose();
    }
}
