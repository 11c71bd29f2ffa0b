using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;
using ToolGuardrails.Audit;
using ToolGuardrails.Tests.Intake;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T30: different values, and the same value in different places, are bound by different commitments; the same value always by the same.</summary>
public sealed class CommitmentTests
{
    private static readonly Gen<(string A, string B)> Pairs =
        from pair in JsonTree.Pairs
        from a in Gen.Choose(0, int.MaxValue)
        from b in Gen.Choose(0, int.MaxValue)
        select (pair.A.Spell(a), pair.B.Spell(b));

    [Fact]
    public async Task The_commitment_of_arguments_is_the_same_exactly_where_their_canonical_form_is()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        string[] spellings = [.. Gen.Sample(Pairs, 300).SelectMany(static p => new[] { p.A, p.B })];
        foreach (string json in spellings)
        {
            await session.InvokeAsync("notes.any", ToolArguments.FromJson(json), static (_, _) => ValueTask.CompletedTask);
        }

        IReadOnlyList<AuditRecord> records = await host.RecordsAsync(AuditRecordKind.Decision);
        Assert.Equal(spellings.Length, records.Count);
        (string Canonical, string Commitment)[] bound = [.. spellings.Select((s, i) => (ToolArguments.FromJson(s).ToCanonicalJson(), records[i].GetString("args_c")!))];
        Assert.Equal(bound.Select(static b => b.Canonical).Distinct(StringComparer.Ordinal).Count(), bound.Distinct().Count());
        Assert.Equal(bound.Select(static b => b.Commitment).Distinct(StringComparer.Ordinal).Count(), bound.Distinct().Count());
    }

    [Fact]
    public async Task The_same_text_as_prompt_output_and_result_has_three_or_fewer_meanings_but_never_that_of_arguments()
    {
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk);
        AgentSession session = host.Session();
        await session.RecordPromptAsync("{}");
        await session.InvokeAsync("notes.any", ToolArguments.Empty, static (_, _) => ValueTask.FromResult("{}"));
        IReadOnlyList<AuditRecord> records = await host.RecordsAsync();
        string[] commitments = [.. records.SelectMany(static r => new[] { "text_c", "args_c", "result_c" }.Select(r.GetString)).OfType<string>()];
        Assert.Equal(3, commitments.Length);
        Assert.Equal(3, commitments.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Pointer_and_value_cannot_trade_bytes() => Prop.ForAll(
        (from pointer in Gen.Elements("/a", "/ab", "/a/b", "/") from value in Gen.Elements("", "b", "/b", "\"a\"", "1", "11") from other in Gen.Elements("/a", "/ab", "/a/b", "/") from second in Gen.Elements("", "b", "/b", "\"a\"", "1", "11") select (pointer, value, other, second)).ToArbitrary(),
        static c => ((c.pointer, c.value) == (c.other, c.second)) == (Of(c.pointer, c.value) == Of(c.other, c.second)))
        .Check(Config.QuickThrowOnFailure.WithMaxTest(2_000).WithReplay(new Replay(new Rnd(30), FSharpOption<int>.None)));

    [Fact]
    public void Another_key_gives_another_commitment()
    {
        byte[] message = [.. "/args\0{}"u8];
        byte[] one = new byte[Commitment.TextLength];
        byte[] two = new byte[Commitment.TextLength];
        new Commitment(new byte[32]).Write(message, one);
        new Commitment([.. Enumerable.Repeat((byte)1, 32)]).Write(message, two);
        Assert.NotEqual(one, two);
        Assert.Throws<ArgumentException>(() => new Commitment(new byte[31]));
    }

    private static string Of(string pointer, string value)
    {
        byte[] text = new byte[Commitment.TextLength];
        new Commitment(new byte[32]).Write(System.Text.Encoding.UTF8.GetBytes(pointer + "\0" + value), text);
        return System.Text.Encoding.UTF8.GetString(text);
    }
}
