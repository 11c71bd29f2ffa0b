using System.Text;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class CheckpointTests
{
    private const string Root = "f1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpk4=";

    [Fact]
    public void A_checkpoint_is_three_lines()
    {
        var checkpoint = new Checkpoint(Notes.Origin, 5000, Convert.FromBase64String(Root));
        Assert.Equal($"{Notes.Origin}\n5000\n{Root}\n", Encoding.UTF8.GetString(checkpoint.ToText()));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(9)]
    [InlineData(10)]
    [InlineData(long.MaxValue)]
    public void What_was_written_is_read_again(long size)
    {
        var checkpoint = new Checkpoint("a log with spaces + plus", size, Convert.FromBase64String(Root));
        Assert.True(Checkpoint.TryParse(checkpoint.ToText(), out Checkpoint? read, out _));
        Assert.Equal((checkpoint.Origin, size, Root), (read.Origin, read.Size, Convert.ToBase64String(read.Root.Span)));
        Assert.Empty(read.Extensions);
    }

    [Fact]
    public void Extension_lines_are_read_and_never_written()
    {
        Assert.True(Checkpoint.TryParse(Notes.Utf8($"a\n7\n{Root}\nTimestamp: 1\nb\n"), out Checkpoint? read, out _));
        Assert.Equal(["Timestamp: 1", "b"], read.Extensions);
        Assert.Throws<InvalidOperationException>(read.ToText);
    }

    [Theory]
    [InlineData("", "line feed")]
    [InlineData("\n", "fewer than three")]
    [InlineData("a\n7\n", "fewer than three")]
    [InlineData("a\n7\n{root}", "line feed")]
    [InlineData("a\n7\n{root}\n\n", "empty line")]
    [InlineData("a\n7\n{root}\n\nb\n", "empty line")]
    [InlineData("\n7\n{root}\n", "empty line")]
    [InlineData("a\n\n{root}\n", "empty line")]
    [InlineData("a\n7\n\n", "empty line")]
    [InlineData("a\r\n7\n{root}\n", "carriage return")]
    [InlineData("a\n7\t\n{root}\n", "control character")]
    [InlineData("a\n07\n{root}\n", "size")]
    [InlineData("a\n00\n{root}\n", "size")]
    [InlineData("a\n+7\n{root}\n", "size")]
    [InlineData("a\n-7\n{root}\n", "size")]
    [InlineData("a\n 7\n{root}\n", "size")]
    [InlineData("a\n7 \n{root}\n", "size")]
    [InlineData("a\n7.0\n{root}\n", "size")]
    [InlineData("a\n0x7\n{root}\n", "size")]
    [InlineData("a\n1,000\n{root}\n", "size")]
    [InlineData("a\n\u0667\n{root}\n", "size")]
    [InlineData("a\n9223372036854775808\n{root}\n", "size")]
    [InlineData("a\n18446744073709551615\n{root}\n", "size")]
    [InlineData("a\n7\n{root} \n", "root")]
    [InlineData("a\n7\n f1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpk4=\n", "root")]
    [InlineData("a\n7\nf1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpk4\n", "root")]
    [InlineData("a\n7\nf1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpk5=\n", "root")]
    [InlineData("a\n7\nf1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpg==\n", "root")]
    [InlineData("a\n7\nf1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZLpk5O\n", "root")]
    [InlineData("a\n7\nf1m9IxK4lmnHFEEInXHaK9SBzMG2BZMYb0vsETZL_k4=\n", "root")]
    [InlineData("a\n0\n{root}\n", "no leaves")]
    public void A_text_that_is_not_exactly_a_checkpoint_is_refused(string text, string problem)
    {
        Assert.False(Checkpoint.TryParse(Notes.Utf8(text.Replace("{root}", Root, StringComparison.Ordinal)), out _, out string? why));
        Assert.Contains(problem, why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a\nb", 1)]
    [InlineData("a\rb", 1)]
    [InlineData("a", -1)]
    [InlineData("a", 0)]
    public void A_checkpoint_that_could_not_be_read_back_is_not_written(string origin, long size) =>
        Assert.Throws<InvalidOperationException>(new Checkpoint(origin, size, Convert.FromBase64String(Root)).ToText);

    [Fact]
    public void An_origin_with_half_a_character_is_not_written() =>
        Assert.Throws<InvalidOperationException>(new Checkpoint("a\ud800b", 1, Convert.FromBase64String(Root)).ToText);

    [Fact]
    public void A_root_of_another_length_is_not_written() =>
        Assert.Throws<InvalidOperationException>(new Checkpoint("a", 1, new byte[31]).ToText);

    [Fact]
    public void An_empty_log_has_a_checkpoint_with_the_empty_root()
    {
        var checkpoint = new Checkpoint("a", 0, MerkleTreeHasher.EmptyRoot.ToArray());
        Assert.True(Checkpoint.TryParse(checkpoint.ToText(), out Checkpoint? read, out _));
        Assert.Equal(0, read.Size);
    }

    [Fact]
    public async Task A_published_checkpoint_made_by_hand_of_its_parts_is_what_we_write()
    {
        using EcdsaNoteSigner signer = Notes.Signer();
        using NoteKey key = NoteKey.Parse(signer.VerifierKey);
        byte[] text = new Checkpoint(signer.Name, 5000, Convert.FromBase64String(Root)).ToText();
        byte[] note = await new SignedNoteWriter([signer]).WriteAsync(text, CancellationToken.None);
        string[] lines = Encoding.UTF8.GetString(note).Split('\n');
        Assert.Equal([signer.Name, "5000", Root, "", lines[4], ""], lines);
        byte[] signature = Convert.FromBase64String(lines[4].Split(' ')[2]);
        Assert.Equal($"\u2014 {signer.Name} {Convert.ToBase64String(signature)}", lines[4]);
        Assert.True(key.Verify(text, signature.AsSpan(4)));
    }
}
