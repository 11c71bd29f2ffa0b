using FsCheck;
using FsCheck.Fluent;
using Microsoft.FSharp.Core;

namespace ToolGuardrails.Tests.Approval;

/// <summary>T30: different calls never share a preimage. Texts are few and short, so that shifted borders come up all the time.</summary>
public sealed class ApprovalDigestProperties
{
    private static readonly Gen<string> Text = Gen.Elements("", "a", "b", "ab", "aa", "ba", "|", "a|b", "\0", "\u00ff", "é", "\0\0\0\0\0\0\0\u0001a");

    private static readonly Gen<string?> MaybeText = Gen.OneOf(Gen.Constant<string?>(null), Text.Select(static t => (string?)t));

    private static readonly Gen<Principal?> MaybePrincipal = Gen.Elements<Principal?>(
        null, new Principal("a", "b"), new Principal("a", "b|c"), new Principal("a", "|b"), new Principal("ab", "c"), new Principal("b", "a"));

    private static readonly Gen<(string Id, string Agent)[]> Path =
        from count in Gen.Choose(1, 3)
        from texts in Text.ListOf(count * 2)
        select texts.Chunk(2).Select(static pair => (pair[0], pair[1])).ToArray();

    private static readonly Gen<DigestInputs> Inputs =
        from agent in Text
        from subject in MaybePrincipal
        from tenant in MaybeText
        from path in Path
        from server in MaybeText
        from tool in Text
        from definition in MaybeText
        from arguments in Gen.Elements("{}", """{"a":1}""", """{"a":1.0}""", """{"a":"1"}""")
        from slot in Gen.Elements(new string('0', 64), new string('f', 64))
        select new DigestInputs(agent, subject, tenant, path, server, tool, definition, arguments, slot);

    // A second call that differs from the first in one field, or in the border between two.
    private static readonly Gen<(DigestInputs A, DigestInputs B)> Pairs = Gen.OneOf(
        from a in Inputs from b in Inputs select (a, b),
        from a in Inputs from t in MaybeText select (a, a with { Tenant = t }),
        from a in Inputs from s in MaybeText select (a, a with { Server = s }),
        from a in Inputs from d in MaybeText select (a, a with { Definition = d }),
        from a in Inputs from p in MaybePrincipal select (a, a with { Subject = p }),
        from a in Inputs from p in Path select (a, a with { Session = p }),
        from a in Inputs select (a with { Server = a.Tool, Tool = a.Server ?? "" }, a),
        from a in Inputs select (a with { Tenant = a.Server, Server = a.Tenant }, a),
        from a in Inputs select (a with { Server = null, Tool = a.Server + a.Tool }, a));

    [Fact]
    public void Different_calls_never_share_a_digest() => Check(static pair =>
        Same(pair.A, pair.B) == (pair.A.ByTheProduct() == pair.B.ByTheProduct()));

    [Fact]
    public void Different_calls_never_share_a_preimage() => Check(static pair =>
        Same(pair.A, pair.B) == pair.A.Preimage().AsSpan().SequenceEqual(pair.B.Preimage()));

    [Fact]
    public void The_product_hashes_the_preimage_of_the_document() => Check(static pair => pair.A.ByTheProduct() == pair.A.ByTheDocument());

    private static void Check(Func<(DigestInputs A, DigestInputs B), bool> holds) =>
        Prop.ForAll(Pairs.ToArbitrary(), holds)
            .Check(Config.QuickThrowOnFailure.WithMaxTest(10_000).WithReplay(new Replay(new Rnd(20260105), FSharpOption<int>.None)));

    private static bool Same(DigestInputs a, DigestInputs b) =>
        a.Session.AsSpan().SequenceEqual(b.Session) && a with { Session = b.Session } == b;
}
