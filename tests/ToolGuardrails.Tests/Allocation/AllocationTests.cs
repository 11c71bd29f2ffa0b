namespace ToolGuardrails.Tests.Allocation;

/// <summary>After warm-up a governed call allocates nothing. Exact, in Release.</summary>
[Collection(AllocationCollection.Name)]
[Trait("Speed", "slow")]
public sealed class AllocationTests
{
    private static readonly byte[] Order = """{"id":4711,"region":"north","link":"https://shop.example/o/4711"}"""u8.ToArray();
    private static readonly byte[] OtherRegion = """{"id":4711,"region":"south","link":"https://shop.example/o/4711"}"""u8.ToArray();
    private static readonly Func<ToolArguments, int> Number = static a => a.Length;
    private static readonly Func<ToolArguments, string> Text = static _ => "shipped";
    private static readonly Func<ToolArguments, CancellationToken, ValueTask<int>> CompletedTask = static (a, _) => new(a.Length);

    [Fact]
    public void An_allowed_call_of_a_tool_that_returns_a_number_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.any");
        AssertNothing(() => Allow(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Number)), host, recordsPerCall: 2);
    }

    [Fact]
    public void An_allowed_call_of_a_tool_that_returns_text_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.any");
        AssertNothing(() => Allow(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Text)), host, recordsPerCall: 2);
    }

    [Fact]
    public void An_allowed_call_of_a_tool_whose_task_is_complete_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.any");
        AssertNothing(() => Allow(binding.InvokeAsync(host.Session.ReadArguments(Order), CompletedTask)), host, recordsPerCall: 2);
    }

    [Fact]
    public void An_allowed_call_with_declared_arguments_and_three_conditions_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.get");
        AssertNothing(() => Allow(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Text)), host, recordsPerCall: 2);
    }

    [Fact]
    public void An_allowed_call_with_a_synchronous_guard_of_the_hosts_allocates_nothing()
    {
        var guard = new FixedGuard(Verdict.Allow);
        using var host = new AllocationHost(guard);
        ToolBinding binding = host.Session.Bind("orders.get");
        AssertNothing(() => Allow(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Number)), host, recordsPerCall: 2);
        Assert.Equal(Allocated.InAll, guard.Calls);
    }

    [Fact]
    public void An_allowed_call_by_name_allocates_nothing()
    {
        using var host = new AllocationHost();
        AssertNothing(() => Allow(host.Session.InvokeSynchronousAsync("orders.get", host.Session.ReadArguments(Order), Number)), host, recordsPerCall: 2);
    }

    [Fact]
    public void A_call_that_the_caller_may_cancel_allocates_nothing()
    {
        using var caller = new CancellationTokenSource();
        using var host = new AllocationHost(new FixedGuard(Verdict.Allow));
        ToolBinding binding = host.Session.Bind("orders.get");
        AssertNothing(() => Allow(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Number, caller.Token)), host, recordsPerCall: 2);
    }

    [Fact]
    public void A_call_that_no_grant_covers_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.list");
        AssertNothing(() => Deny(binding.InvokeSynchronousAsync(host.Session.ReadArguments(Order), Number)), host, recordsPerCall: 1);
    }

    [Fact]
    public void A_call_that_an_argument_denies_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.get");
        AssertNothing(() => Deny(binding.InvokeSynchronousAsync(host.Session.ReadArguments(OtherRegion), Number)), host, recordsPerCall: 1);
    }

    [Fact]
    public void A_call_that_is_only_evaluated_allocates_nothing()
    {
        using var host = new AllocationHost();
        ToolBinding binding = host.Session.Bind("orders.get");
        AssertNothing(() => Allow(binding.EvaluateAsync(host.Session.ReadArguments(Order))), host, recordsPerCall: 0);
    }

    [Fact]
    public void A_call_that_allocates_is_found()
    {
        object? kept = null;
        Assert.True(Allocated.InTenThousand(() => kept = new object()) >= 10_000 * 24);
        GC.KeepAlive(kept);
    }

    private static void AssertNothing(Action call, AllocationHost host, int recordsPerCall)
    {
        Assert.Equal(0, Allocated.InTenThousand(call, host.Settle));
        host.Dispose();
        Assert.Equal((long)Allocated.InAll * recordsPerCall + Allocated.Settles + 1, host.Log.Records); // The policy's own record comes first.
    }

    private static void Allow<T>(ValueTask<ToolOutcome<T>> call)
    {
        if (!call.IsCompletedSuccessfully || !call.Result.HasValue)
        {
            Assert.Fail("The call wasn't allowed at once.");
        }
    }

    private static void Allow(ValueTask<Decision> evaluation)
    {
        if (!evaluation.IsCompletedSuccessfully || !evaluation.Result.IsAllowed)
        {
            Assert.Fail("The call wouldn't be allowed.");
        }
    }

    private static void Deny<T>(ValueTask<ToolOutcome<T>> call)
    {
        if (!call.IsCompletedSuccessfully || call.Result.Executed)
        {
            Assert.Fail("The call wasn't denied at once.");
        }
    }
}
