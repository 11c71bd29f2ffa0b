using System.Text;
using System.Text.Json;
using ToolGuardrails.Approval;
using ToolGuardrails.Tests.Kit;

namespace ToolGuardrails.Tests.Approval;

public sealed class ApprovalDigestTests
{
    private static readonly JsonElement Vectors = JsonDocument.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Approval", "approval-digest-vectors.json"))).RootElement;

    private static readonly string Document = Repository.ReadText("docs", "approval-digest.md");

    public static TheoryData<string> Names => [.. Vectors.EnumerateArray().Select(static v => v.GetProperty("name").GetString()!)];

    [Theory]
    [MemberData(nameof(Names))]
    public void The_product_and_the_document_agree_with_each_published_vector(string name)
    {
        JsonElement vector = Vectors.EnumerateArray().Single(v => v.GetProperty("name").GetString() == name);
        var inputs = DigestInputs.Read(vector);
        string published = vector.GetProperty("digest").GetString()!;

        Assert.Equal(published, inputs.ByTheProduct());
        Assert.Equal(published, inputs.ByTheDocument());
        Assert.Equal(inputs.Arguments, ToolArguments.FromJson(inputs.Arguments).ToCanonicalJson());
    }

    [Fact]
    public void The_vectors_of_the_document_are_those_of_the_file()
    {
        string[] blocks = [.. Document.Split("```json\n")[1..].Select(static b => b.Split("\n```")[0])];

        Assert.True(blocks.Length >= 6);
        Assert.Equal(Vectors.GetArrayLength(), blocks.Length);
        Assert.All(blocks.Zip(Vectors.EnumerateArray()), static pair => Assert.True(JsonElement.DeepEquals(JsonDocument.Parse(pair.First).RootElement, pair.Second), pair.First));
    }

    [Fact]
    public void The_preimage_of_the_document_is_that_of_its_first_vector()
    {
        string preimage = Convert.ToHexStringLower(DigestInputs.Read(Vectors[0]).Preimage());
        string[] parts = [.. Document.Split("| part | bytes (hex) |")[1].Split("\n\n")[0].Split('\n').Where(static l => l.EndsWith("` |", StringComparison.Ordinal)).Select(static l => l.Split('`')[1])];

        Assert.Contains($"```text\n{preimage}\n```", Document, StringComparison.Ordinal);
        Assert.Equal(preimage, string.Concat(parts));
    }

    [Fact]
    public void No_two_vectors_share_a_digest() =>
        Assert.Equal(Vectors.GetArrayLength(), Vectors.EnumerateArray().Select(static v => v.GetProperty("digest").GetString()).Distinct(StringComparer.Ordinal).Count());

    [Fact]
    public void Text_that_has_no_UTF8_form_is_an_error_and_never_a_replacement_character()
    {
        var session = new SessionIdentity("s", "a", subject: null, tenant: null, parent: null);

        Assert.ThrowsAny<ArgumentException>(() => ApprovalDigest.Compute("a", null, "\uD800", session, null, "t", null, "{}"u8, new byte[32]));
    }

    [Fact]
    public void A_slot_digest_of_another_length_is_an_error()
    {
        var session = new SessionIdentity("s", "a", subject: null, tenant: null, parent: null);

        var error = Assert.Throws<ArgumentException>(() => ApprovalDigest.Compute("a", null, null, session, null, "t", null, Encoding.UTF8.GetBytes("{}"), new byte[31]));
        Assert.Contains("31 bytes", error.Message, StringComparison.Ordinal);
    }
}
