using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.Audit;

public sealed class LineStampTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xE3069283u)] // The catalogue's check value.
    [InlineData("a", 0xC1D04330u)]
    public void The_checksum_is_crc_32c(string text, uint crc) => Assert.Equal(crc, LineStamp.Crc32C(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void The_checksum_of_32_zero_bytes_is_that_of_rfc_3720()
    {
        Assert.Equal(0x8A9136AAu, LineStamp.Crc32C(new byte[32]));
        Assert.Equal(0x62A8AB43u, LineStamp.Crc32C(Enumerable.Repeat((byte)0xFF, 32).ToArray()));
    }

    [Fact]
    public void The_checksum_is_that_of_the_bitwise_definition_at_every_length()
    {
        byte[] bytes = new byte[200];
        new Random(17).NextBytes(bytes);
        for (int length = 0; length <= bytes.Length; length++)
        {
            Assert.Equal(AuditLines.Crc32C(bytes.AsSpan(0, length)), LineStamp.Crc32C(bytes.AsSpan(0, length)));
        }
    }

    [Fact]
    public void A_line_is_the_callers_part_between_the_writers_members()
    {
        var lines = new ArrayBufferWriter<byte>();
        LineStamp stamp = LineStamp.New();
        stamp.Finish("""{"ev":"prompt","text":"a\u0022b"}"""u8, lines);
        int first = lines.WrittenCount;
        stamp.Finish("""{"ev":"output"}"""u8, lines);
        string one = Encoding.UTF8.GetString(lines.WrittenSpan[..first]);
        string two = Encoding.UTF8.GetString(lines.WrittenSpan[first..]);
        string id = one["""{"v":1,"w":" """.TrimEnd().Length..][..22];
        Assert.True(Base64Url.IsValid(id));
        Assert.Equal(16, Base64Url.DecodeFromChars(id).Length);
        Assert.Equal($$"""{"v":1,"w":"{{id}}","n":0,"ev":"prompt","text":"a\u0022b","crc":"{{Crc(one)}}"}""" + "\n", one);
        Assert.Equal($$"""{"v":1,"w":"{{id}}","n":1,"ev":"output","crc":"{{Crc(two)}}"}""" + "\n", two);
        Assert.Equal(JsonValueKind.Object, JsonElement.Parse(one).ValueKind);
    }

    [Fact]
    public void The_room_for_the_writers_members_is_enough_for_the_longest_number()
    {
        var lines = new ArrayBufferWriter<byte>();
        LineStamp.New().Finish("""{"a":1}"""u8, lines);
        int added = lines.WrittenCount - """{"a":1}"""u8.Length;
        Assert.InRange(added - 1 + long.MaxValue.ToString(System.Globalization.CultureInfo.InvariantCulture).Length, 1, LineStamp.Overhead);
    }

    [Fact]
    public void Every_stamp_has_an_id_of_its_own()
    {
        var lines = new ArrayBufferWriter<byte>();
        for (int i = 0; i < 1000; i++)
        {
            LineStamp.New().Finish("""{"a":1}"""u8, lines);
        }

        string[] ids = [.. Encoding.UTF8.GetString(lines.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static l => new AuditRecord(Encoding.UTF8.GetBytes(l)).GetString("w")!)];
        Assert.Equal(1000, ids.Distinct().Count());
    }

    private static string Crc(string line) =>
        AuditLines.Crc32C(Encoding.UTF8.GetBytes(line[..line.LastIndexOf(",\"crc\":", StringComparison.Ordinal)])).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
