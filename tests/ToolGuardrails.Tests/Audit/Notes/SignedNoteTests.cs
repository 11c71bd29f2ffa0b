using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class SignedNoteTests : IDisposable
{
    private const string Text = "first line\n\nthird line, after an empty one\n";
    private readonly EcdsaNoteSigner _signer = Notes.Signer();
    private readonly EcdsaNoteSigner _other = Notes.Signer("other.example/log");
    private readonly NoteKey _key;
    private readonly NoteKey _otherKey;

    public SignedNoteTests()
    {
        _key = NoteKey.Parse(_signer.VerifierKey);
        _otherKey = NoteKey.Parse(_other.VerifierKey);
    }

    [Fact]
    public async Task A_note_that_was_written_opens_with_its_key()
    {
        byte[] note = await Notes.Sign(Text, _signer);
        Assert.True(SignedNote.TryOpen(note, [_otherKey, _key], out SignedNote? opened, out _));
        Assert.Equal(Text, Encoding.UTF8.GetString(opened.Text.Span));
        Assert.Equal([_key], opened.VerifiedBy);
        Assert.StartsWith($"{Text}\n\u2014 {Notes.Origin} ", Encoding.UTF8.GetString(note), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_note_of_two_signers_opens_with_either_and_with_both()
    {
        byte[] note = await Notes.Sign(Text, _signer, _other);
        Assert.Null(Notes.Problem(note, _key));
        Assert.Null(Notes.Problem(note, _otherKey));
        Assert.True(SignedNote.TryOpen(note, [_otherKey, _key], out SignedNote? opened, out _));
        Assert.Equal([_key, _otherKey], opened.VerifiedBy);
    }

    [Fact]
    public async Task A_note_of_unknown_keys_only_is_refused()
    {
        byte[] note = await Notes.Sign(Text, _signer);
        Assert.Equal("The note has no signature of a known key.", Notes.Problem(note, _otherKey));
        Assert.Equal("The note has no signature of a known key.", Notes.Problem(note));
    }

    [Fact]
    public async Task Keys_that_share_a_name_or_an_id_but_not_both_are_strangers()
    {
        byte[] note = await Notes.Sign(Text, _signer);
        using EcdsaNoteSigner sameName = Notes.Signer();
        using NoteKey sameNameKey = NoteKey.Parse(sameName.VerifierKey);
        using NoteKey sameIdKey = NoteKey.Parse("another.example" + _signer.VerifierKey[_signer.VerifierKey.IndexOf('+', StringComparison.Ordinal)..]);
        Assert.Contains("no signature of a known key", Notes.Problem(note, sameNameKey, sameIdKey), StringComparison.Ordinal);
        Assert.Null(Notes.Problem(note, sameNameKey, sameIdKey, _key));
    }

    [Fact]
    public async Task A_bad_signature_of_a_known_key_refuses_the_note_even_beside_a_good_one()
    {
        byte[] good = await Notes.Sign(Text, _signer);
        byte[] foreign = await Notes.Sign("something else\n", _other);
        string line = Encoding.UTF8.GetString(foreign).Split("\n\n")[1];
        byte[] mixed = [.. good, .. Notes.Utf8(line)];
        Assert.Null(Notes.Problem(mixed, _key));
        Assert.Contains("doesn't fit", Notes.Problem(mixed, _key, _otherKey), StringComparison.Ordinal);
        byte[] repeated = [.. good, .. Notes.Utf8(Encoding.UTF8.GetString(await Notes.Sign("else\n", _signer)).Split("\n\n")[1])];
        Assert.Contains("doesn't fit", Notes.Problem(repeated, _key), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_signature_given_twice_counts_once()
    {
        string note = Encoding.UTF8.GetString(await Notes.Sign(Text, _signer));
        Assert.True(SignedNote.TryOpen(Notes.Utf8(note + note.Split("\n\n")[^1]), [_key], out SignedNote? opened, out _));
        Assert.Equal([_key], opened.VerifiedBy);
    }

    [Fact]
    public async Task The_same_key_given_twice_is_refused_where_it_signed()
    {
        using NoteKey again = NoteKey.Parse(_signer.VerifierKey);
        Assert.Contains("Two of the given keys", Notes.Problem(await Notes.Sign(Text, _signer), _key, again), StringComparison.Ordinal);
        Assert.Null(Notes.Problem(await Notes.Sign(Text, _other), _key, again, _otherKey));
    }

    [Fact]
    public async Task No_bit_of_a_signed_note_can_change()
    {
        byte[] note = await Notes.Sign(Text, _signer);
        for (int bit = 0; bit < note.Length * 8; bit++)
        {
            byte[] changed = [.. note];
            changed[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.NotNull(Notes.Problem(changed, _key));
        }
    }

    [Fact]
    public async Task A_cut_note_is_refused_at_every_length()
    {
        byte[] note = await Notes.Sign(Text, _signer);
        for (int length = 0; length < note.Length; length++)
        {
            Assert.NotNull(Notes.Problem(note[..length], _key));
        }
    }

    public void Dispose()
    {
        _key.Dispose();
        _otherKey.Dispose();
        _signer.Dispose();
        _other.Dispose();
    }
}
