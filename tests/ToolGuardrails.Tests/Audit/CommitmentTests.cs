using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.Audit;

/// <summary>docs/audit-records.md, Commitments: recomputed from the record, the key and the page alone.</summary>
public sealed class CommitmentTests
{
    private static readonly byte[] Key = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    [Fact]
    public void The_example_on_the_page_can_be_recomputed() =>
        Assert.Equal("52u_3TbMZwcH7EzYEfW6h6uTTFhguGBOBIsQElV-iBs", Commit("/args", """{"id":1007}"""));

    [Fact]
    public void The_hidden_value_on_the_page_can_be_recomputed() =>
        Assert.Contains($"\"c\":\"{Commit("/args/note", "\"swordfish\"")}\"", Repository.ReadText("docs", "audit-records.md"), StringComparison.Ordinal);

    [Theory]
    [InlineData("""{"id":"n-1"}""", """{"id":"n-1"}""")]
    [InlineData("""{ "z" : 1.50 , "a" : [ true , null ] }""", """{"a":[true,null],"z":1.50}""")]
    [InlineData("""{"text":"\u003ca\u003e \u00e9 \ud83d\ude00 \u202e"}""", "{\"text\":\"<a> é 😀 \u202e\"}")]
    [InlineData("{}", "{}")]
    public async Task The_arguments_are_bound_in_their_canonical_form_and_the_line_shows_the_same_value(string arguments, string canonical)
    {
        AuditRecord record = (await RecordsAsync(s => CallAsync(s, arguments, "done")))[1];
        Assert.Equal(Commit("/args", canonical), record.GetString("args_c"));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(canonical), record.ToJson().GetProperty("args")));
    }

    [Theory]
    [InlineData("shipped")]
    [InlineData("two\nlines, \"quoted\" and \u202eturned")]
    [InlineData("")]
    public async Task A_text_result_is_bound_as_it_is(string result)
    {
        AuditRecord record = (await RecordsAsync(s => CallAsync(s, "{}", result)))[2];
        Assert.Equal(Commit("/result", result), record.GetString("result_c"));
        Assert.Equal(result, record.GetString("result"));
    }

    [Fact]
    public async Task Another_result_is_bound_as_canonical_json()
    {
        AuditRecord record = (await RecordsAsync(s => CallAsync(s, "{}", JsonElement.Parse("""{ "b": 1.0, "a": [] }"""))))[2];
        Assert.Equal(Commit("/result", """{"a":[],"b":1.0}"""), record.GetString("result_c"));
        Assert.Equal("json", record.GetString("result_kind"));
    }

    [Fact]
    public async Task Prompts_and_outputs_are_bound_as_they_are()
    {
        IReadOnlyList<AuditRecord> records = await RecordsAsync(async s =>
        {
            await s.RecordPromptAsync("Where is order 1007?\u200b");
            await s.RecordOutputAsync("On its way.");
        });
        Assert.Equal([Commit("/text", "Where is order 1007?\u200b"), Commit("/text", "On its way.")], records.Skip(1).Select(static r => r.GetString("text_c")));
    }

    [Theory]
    [InlineData(8192, true)]
    [InlineData(8193, false)]
    public async Task A_value_above_the_limit_is_recorded_by_its_length_and_commitment_alone(int bytes, bool shown)
    {
        string json = $$"""{"t":"{{new string('x', bytes - 8)}}"}""";
        AuditRecord record = (await RecordsAsync(s => CallAsync(s, json, new string('r', bytes))))[1];
        Assert.Equal(shown, record.ToJson().TryGetProperty("args", out _));
        Assert.Equal(!shown, record.ToJson().TryGetProperty("args_bytes", out JsonElement length) && length.GetInt32() == bytes);
        Assert.Equal(Commit("/args", json), record.GetString("args_c"));
        AuditRecord outcome = (await RecordsAsync(s => CallAsync(s, "{}", new string('r', bytes))))[2];
        Assert.Equal(shown, outcome.GetString("result") is not null);
        Assert.Equal(!shown, outcome.ToJson().TryGetProperty("result_bytes", out length) && length.GetInt32() == bytes);
        Assert.Equal(Commit("/result", new string('r', bytes)), outcome.GetString("result_c"));
    }

    [Fact]
    public async Task Refused_arguments_are_neither_shown_nor_bound()
    {
        AuditRecord record = (await RecordsAsync(s => CallAsync(s, """{"a":1,"a":2}""", "x")))[1];
        Assert.Equal(DecisionCodes.ArgumentsDuplicateName, record.Code);
        Assert.DoesNotContain("\"args", record.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_gives_other_commitments()
    {
        string one = (await RecordsAsync(s => CallAsync(s, "{}", "x")))[1].GetString("args_c")!;
        string two = (await RecordsAsync(s => CallAsync(s, "{}", "x"), new byte[40]))[1].GetString("args_c")!;
        Assert.NotEqual(one, two);
    }

    [Fact]
    public void A_key_of_less_than_32_bytes_is_refused()
    {
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => GovernedHost.Start(null, static o => o.Audit.CommitmentKey = new byte[31]));
        Assert.Contains("32", Assert.Single(refused.Failures), StringComparison.Ordinal);
    }

    private static string Commit(string pointer, string value) =>
        Base64Url.EncodeToString(HMACSHA256.HashData(Key, Encoding.UTF8.GetBytes($"{pointer}\0{value}")));

    private static async Task CallAsync<T>(AgentSession session, string arguments, T result) =>
        await session.InvokeSynchronousAsync("notes.any", ToolArguments.FromJson(arguments), _ => result);

    private static async Task<IReadOnlyList<AuditRecord>> RecordsAsync(Func<AgentSession, Task> run, byte[]? key = null)
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o => o.Audit.CommitmentKey = key ?? Key);
        await run(host.Session());
        return await host.RecordsAsync();
    }
}
