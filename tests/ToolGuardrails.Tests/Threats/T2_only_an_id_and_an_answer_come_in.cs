using System.Reflection;
using ToolGuardrails.Tests.Approving;

namespace ToolGuardrails.Tests.Threats;

/// <summary>An approval can't be handed in, only an answer to a request that the store has.</summary>
public sealed class T2_only_an_id_and_an_answer_come_in
{
    [Theory]
    [InlineData(typeof(ApprovalResponse), "ApprovalInbox.DecideAsync")]
    [InlineData(typeof(ApproverIdentity), "ApprovalResponse.Approve, ApprovalResponse.Edit, ApprovalResponse.Reject, GuardrailPipeline.BreakGlassAsync")]
    [InlineData(typeof(ApprovalCase), "")]
    [InlineData(typeof(ApprovalResult), "")]
    [InlineData(typeof(ApprovalDecision), "")]
    public void What_takes_it_is_this(Type given, string methods)
    {
        IEnumerable<string> takers = typeof(GuardrailPipeline).Assembly.GetExportedTypes()
            .Where(t => t != given && !typeof(Delegate).IsAssignableFrom(t))
            .SelectMany(static t => t.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly))
            .Where(m => !m.IsSpecialName && m.Name != "Deconstruct" && m.GetParameters().Any(p => p.ParameterType == given))
            .Select(static m => $"{m.DeclaringType!.Name}.{m.Name}");

        Assert.Equal(methods, string.Join(", ", takers.Distinct().Order(StringComparer.Ordinal)));
    }

    [Theory]
    [InlineData(typeof(ApprovalRequest))]
    [InlineData(typeof(ApprovalCase))]
    public void Nobody_outside_can_make_one(Type made) => Assert.Empty(made.GetConstructors());

    [Fact]
    public async Task An_answer_without_a_request_is_none_and_one_for_another_request_does_not_count()
    {
        var payments = new Payments();
        string mine = await payments.PendingAsync(Payments.Wire, 10);
        string other = await payments.PendingAsync(Payments.Wire, 20);
        await using GovernedHost host = payments.Host();
        ApprovalResponse yes = ApprovalResponse.Approve(Payments.Ada, (await host.Pipeline.Approvals.FindAsync(mine))!.Request.ShortDigest);

        Assert.Null(await host.Pipeline.Approvals.DecideAsync(new string('0', 32), yes));
        Assert.Equal(DecisionCodes.ApprovalNotConfirmed, await Payments.AnswerAsync(host, other, yes));
        Assert.Null(await Payments.AnswerAsync(host, mine, yes));
        Assert.Equal(Effect.RequireApproval, (await Payments.ResumeAsync(host, other)).Decision.Effect);
        Assert.Equal(Payments.Text(10), (await Payments.ResumeAsync(host, mine)).Value);
    }
}
