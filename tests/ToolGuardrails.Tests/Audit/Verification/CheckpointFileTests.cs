using System.Text.Json;

namespace ToolGuardrails.Tests.AuditVerification;

public sealed class CheckpointFileTests
{
    private static readonly AuditCheckpoint One = Logs.Small().Checkpoints[0];
    private static readonly AuditCheckpoint Two = Logs.Rotated().Checkpoints[2];
    private static readonly AuditCheckpoint Unsigned = Logs.Small(isSigned: false).Checkpoints[1];

    [Fact]
    public void Notes_one_after_another_are_read() =>
        Assert.Equal(Notes(One, Two, Unsigned, One), Read($"{One}\n{Two}\n{Unsigned}\n{One}\n"));

    [Fact]
    public void A_plain_copy_of_a_checkpoint_is_read()
    {
        Assert.Equal(Notes(One), Read(One.Note));
        Assert.Equal(Notes(Unsigned), Read(Unsigned.Note));
    }

    [Fact]
    public void An_editor_may_have_taken_the_last_line_feed() => Assert.Equal(Notes(One), Read(One.Note[..^1]));

    [Fact]
    public void Strings_at_the_end_of_lines_are_read_whatever_stands_before_them()
    {
        string content = $"{Json(One)}\n2026-11-22 info: a \"quoted\" word and {Json(Two)}\r\n{{\"message\":1}} {Json(Unsigned)}\n{Two}\n";
        Assert.Equal(Notes(One, Two, Unsigned, Two), Read(content));
    }

    [Fact]
    public void A_name_with_a_quotation_mark_is_read()
    {
        string note = new LogBuilder(isSigned: false, origin: "a\\\"b").Seal().Checkpoints[0].Note;
        string json = JsonEncodedText.Encode(note, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
        Assert.Contains("\\\"", json, StringComparison.Ordinal);
        Assert.Equal([note], Read($"words \"{json}\"\n"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\n\n")]
    [InlineData("hello\n")]
    [InlineData("hello \"\n")]
    [InlineData("\"hello\"\n")]
    [InlineData("\"\n")]
    [InlineData("a\n1\n\n")]
    public void Something_else_is_refused(string content) => Assert.Throws<FormatException>(() => AuditCheckpoint.ParseFile(content));

    [Fact]
    public void The_line_of_a_bad_one_is_named()
    {
        FormatException e = Assert.Throws<FormatException>(() => AuditCheckpoint.ParseFile($"{One}\nrubbish\n"));
        Assert.StartsWith("The checkpoint that begins on line 7 can't be read.", e.Message, StringComparison.Ordinal);
    }

    private static string[] Notes(params AuditCheckpoint[] checkpoints) => [.. checkpoints.Select(static c => c.Note)];

    private static string[] Read(string content) => [.. AuditCheckpoint.ParseFile(content).Select(static c => c.Note)];

    private static string Json(AuditCheckpoint checkpoint) => $"\"{JsonEncodedText.Encode(checkpoint.Note)}\"";
}
