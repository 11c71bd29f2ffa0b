namespace ToolGuardrails.Tests.RepositoryRules;

public sealed class LayeringTests
{
    private static readonly IReadOnlyList<SourceFile> Library = SourceFile.Of("src", "ToolGuardrails");

    [Fact]
    public void Nothing_uses_the_internals_of_a_layer_that_it_may_not_know() => Violations.None(Layers.Violations(Library));

    [Theory]
    [InlineData("ToolCall.cs", "internal sealed class X { private Planted _p; }")]
    [InlineData("Intake/X.cs", "namespace ToolGuardrails.Intake; internal class X : Planted { }")]
    [InlineData("Policy/X.cs", "namespace ToolGuardrails.Policy; internal class X { int A() => Planted.Count; }")]
    [InlineData("Tiers/X.cs", "namespace ToolGuardrails.Tiers; internal class X { string A() => $\"{Planted.Name}\"; }")]
    [InlineData("Tiers/X.cs", "namespace ToolGuardrails.Tiers; internal class X { object A() => new Approval.Planted(); }")]
    [InlineData("Tiers/X.cs", "using ToolGuardrails.Approval;\nnamespace ToolGuardrails.Tiers; internal class X { }")]
    [InlineData("GuardrailPipeline.cs", "namespace ToolGuardrails; public class GuardrailPipeline { Wiring _w; }")]
    [InlineData("Approval/X.cs", "namespace ToolGuardrails.Approval; internal class X { PublicWiring _w; }")]
    [InlineData("Audit/X.cs", "namespace ToolGuardrails.Audit; internal class X { Resolver _r; }")]
    [InlineData("Elsewhere/X.cs", "namespace ToolGuardrails.Elsewhere; internal class X { }")]
    public void A_planted_use_is_found(string path, string code) =>
        Assert.NotEmpty(Layers.Violations([.. Planted, new SourceFile(path, code)]));

    [Theory]
    [InlineData("GuardrailPipeline.Run.cs", "namespace ToolGuardrails; internal class X { Planted _p; }")]
    [InlineData("DependencyInjection/X.cs", "using ToolGuardrails.Approval; internal class X { Planted _p; Resolver _r; }")]
    [InlineData("Approval/X.cs", "namespace ToolGuardrails.Approval; internal class X { Planted _p; }")]
    [InlineData("Tiers/X.cs", "namespace ToolGuardrails.Tiers; internal class X { PublicWord _p; int A(Y y) => y.Planted; /* Planted */ }")]
    public void An_allowed_use_is_not_found(string path, string code) =>
        Assert.Empty(Layers.Violations([.. Planted, new SourceFile(path, code)]));

    [Fact]
    public void Awaits_before_the_tool_keep_the_callers_context_and_all_others_leave_it() =>
        Violations.None(Library.SelectMany(AwaitRule.Violations));

    [Theory]
    [InlineData("GuardrailPipeline.Run.cs", "await a.ConfigureAwait(false);")]
    [InlineData("GuardrailPipeline.cs", "await a.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);")]
    [InlineData("Audit/X.cs", "await a;")]
    [InlineData("Audit/X.cs", "await a.ConfigureAwait(true);")]
    [InlineData("Audit/X.cs", "await F(async () => await b.ConfigureAwait(false));")]
    [InlineData("Audit/X.cs", "return await a + await b.ConfigureAwait(false);")]
    [InlineData("Audit/X.cs", "await using (var a = B()) { await c.ConfigureAwait(false); }")]
    [InlineData("Audit/X.cs", "await using var a = B(); await c.ConfigureAwait(false);")]
    [InlineData("Audit/X.cs", "await foreach (var a in b) { await c.ConfigureAwait(false); }")]
    public void A_planted_await_is_found(string path, string code) =>
        Assert.NotEmpty(AwaitRule.Violations(new SourceFile(path, code)));

    [Theory]
    [InlineData("GuardrailPipeline.cs", "await a; await b.ConfigureAwait(true); await c.ConfigureAwait(ConfigureAwaitOptions.ContinueOnCapturedContext);")]
    [InlineData("Audit/X.cs", "// await a;\nF(\"await b\");")]
    [InlineData("Audit/X.cs", "var x = (await a.B(c, d)\n    .ConfigureAwait(false)).E;")]
    [InlineData("Audit/X.cs", "await (a ? b : c).ConfigureAwait(false);")]
    [InlineData("Audit/X.cs", "await using (a.ConfigureAwait(false)) { } await using var b = c.ConfigureAwait(false);")]
    [InlineData("Audit/X.cs", "await foreach (var a in b(c).ConfigureAwait(false)) { }")]
    [InlineData("Audit/X.cs", "return F(await a.ConfigureAwait(false), await b.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing));")]
    public void An_allowed_await_is_not_found(string path, string code) =>
        Assert.Empty(AwaitRule.Violations(new SourceFile(path, code)));

    private static SourceFile[] Planted =>
    [
        new("Approval/Planted.cs", "namespace ToolGuardrails.Approval;\n\ninternal sealed class Planted\n{\n}\n"),
        new("DependencyInjection/Wiring.cs", "namespace ToolGuardrails.DependencyInjection; internal sealed class Wiring { }"),
        new("DependencyInjection/PublicWiring.cs", "namespace ToolGuardrails; public sealed class PublicWiring { }"),
        new("AgentSession.Resolver.cs", "namespace ToolGuardrails; internal readonly record struct Resolver(int A);"),
        new("PublicWord.cs", "namespace ToolGuardrails; public enum PublicWord : byte { A }"),
    ];
}
