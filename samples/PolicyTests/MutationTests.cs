using ToolGuardrails;

namespace PolicyTests;

/// <summary>A test is worth what it notices: every rule of the policy is taken out or widened in turn, and some control has to fail each time.</summary>
public sealed class MutationTests
{
    public static TheoryData<string> Mutants => [.. PolicyMutants.All.Keys];

    [Theory]
    [MemberData(nameof(Mutants))]
    public async Task It_is_noticed_when(string mutant)
    {
        GuardrailPolicy policy;
        try
        {
            policy = GuardrailPolicy.Parse(PolicyMutants.All[mutant]);
        }
        catch (GuardrailPolicyException)
        {
            return; // Noticed before it could be in force.
        }

        Assert.True(SupportDeskControls.All.Values.Any(c => Fails(() => c(new PolicyCoverage(policy)))) || await FailsAsync(() => CustomerColumns.CheckAsync(policy)), $"No control notices that {mutant}.");
    }

    [Fact]
    public void The_policy_as_it_is_fails_nothing() =>
        Assert.All(SupportDeskControls.All.Values, static c => c(new PolicyCoverage(GuardrailPolicy.Parse(PolicyMutants.Original))));

    private static bool Fails(Action control)
    {
        try
        {
            control();
            return false;
        }
        catch (GuardrailAssertionException)
        {
            return true;
        }
    }

    private static async Task<bool> FailsAsync(Func<Task> control)
    {
        try
        {
            await control();
            return false;
        }
        catch (Xunit.Sdk.XunitException)
        {
            return true;
        }
    }
}
