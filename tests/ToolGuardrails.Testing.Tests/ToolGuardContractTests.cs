namespace ToolGuardrails.Testing.Tests;

public sealed class ToolGuardContractTests
{
    private static readonly VerdictReason Large = new("refund.large", "Refunds above 200 are confirmed by finance.");
    private static readonly VerdictReason Unreadable = new("refund.amount", "The amount can't be read exactly.");

    public static TheoryData<string> Checks => [.. ToolGuardContract.Checks];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task A_good_guard_passes_every_check(string check) => ToolGuardContract.CheckAsync(check, static () => new LambdaGuard(Judge), Options());

    [Fact]
    public async Task A_good_guard_passes_all_at_once_and_one_that_waits_for_something_passes_too()
    {
        await ToolGuardContract.VerifyAsync(static () => new LambdaGuard(Judge), Options());
        await ToolGuardContract.VerifyAsync(static () => new LambdaGuard(static async (call, _) =>
        {
            long started = TimeProvider.System.GetTimestamp();
            Verdict verdict = Judge(call);
            await Task.Yield();
            return started > 0 ? verdict : default;
        }), Options());
    }

    [Theory]
    [InlineData("answers every call in time")]
    [InlineData("throws on no call")]
    [InlineData("gives a verdict, never the default one")]
    [InlineData("answers the same call the same way")]
    [InlineData("makes no new reason for each answer")]
    [InlineData("answers many calls at once as one by one")]
    [InlineData("has codes and sentences of its own")]
    [InlineData("stops when its token is cancelled")]
    [InlineData("reads nothing of a call that has ended")]
    public async Task A_bad_guard_is_caught_by_the_check_that_is_about_it(string check)
    {
        foreach (Func<IToolGuard> bad in BadGuards.For(check))
        {
            GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => ToolGuardContract.CheckAsync(check, bad, Options(TimeSpan.FromSeconds(1))));
            Assert.StartsWith($"{bad().GetType().Name} doesn't keep ToolGuardContract: {check}. ", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Every_check_has_a_bad_guard() => Assert.All(ToolGuardContract.Checks, static c => Assert.NotEmpty(BadGuards.For(c)));

    [Fact]
    public async Task All_that_is_broken_is_reported_at_once()
    {
        var options = Options();
        GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => ToolGuardContract.VerifyAsync(static () => new LambdaGuard(static call =>
            call.Tool.Id == "refunds.create" ? default : Verdict.Deny(new VerdictReason("test.fresh", "Made anew."))), options));
        Assert.StartsWith("LambdaGuard breaks 2 of the 9 checks of ToolGuardContract.\n- gives a verdict, never the default one: ", failure.Message, StringComparison.Ordinal);
        Assert.Contains("\n- makes no new reason for each answer: ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guard_that_never_answers_ends_every_check_soon()
    {
        foreach (Func<IToolGuard> bad in BadGuards.For("answers every call in time"))
        {
            GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => ToolGuardContract.VerifyAsync(bad, Options(TimeSpan.FromMilliseconds(200))));
            Assert.Contains("\n- answers every call in time: It hasn't answered refunds.create with", failure.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_call_that_the_policy_stops_before_the_guard_is_a_mistake_of_the_tests()
    {
        ToolGuardContractOptions options = Options();
        options.Policy = Shop.Policy;
        await ToolGuardContract.VerifyAsync(static () => new LambdaGuard(Judge), options);
        options.Calls.Add(("shell.run", """{"command":"ls"}"""));
        GuardrailAssertionException failure = await Assert.ThrowsAsync<GuardrailAssertionException>(() => ToolGuardContract.CheckAsync("throws on no call", static () => new LambdaGuard(Judge), options));
        Assert.Contains("never reaches the guard: the policy denies it with scope.denied.", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_that_does_not_exist_is_no_check() =>
        await Assert.ThrowsAsync<ArgumentException>(() => ToolGuardContract.CheckAsync("is nice", static () => new LambdaGuard(Judge)));

    private static Verdict Judge(ToolCall call) =>
        call.Tool.Id != "refunds.create" ? Verdict.Allow
        : !call.Arguments.TryGetDecimal("amount", out decimal amount) ? Verdict.Deny(Unreadable)
        : amount > 200 ? Verdict.RequireApproval(Large, RiskTier.High)
        : Verdict.Allow;

    // A busy machine may take its time over a good guard; a bad one isn't waited for as long.
    private static ToolGuardContractOptions Options(TimeSpan? timeout = null) => new()
    {
        Calls = { ("refunds.create", """{"order":1,"amount":40}"""), ("refunds.create", """{"order":1,"amount":300}""") },
        Timeout = timeout ?? TimeSpan.FromMinutes(1),
    };
}
