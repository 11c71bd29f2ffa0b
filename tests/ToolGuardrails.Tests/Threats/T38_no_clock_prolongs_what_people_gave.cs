using ToolGuardrails.Tests.Approving;
using ToolGuardrails.Tests.Laws;

namespace ToolGuardrails.Tests.Threats;

/// <summary>What people gave for a while is over by the wall clock or the monotonic one, whichever is first; neither a clock that is set nor a host that starts anew makes more of it.</summary>
public abstract class T38_no_clock_prolongs_what_people_gave(StoreKind kind) : EachStore(kind)
{
    private static readonly TimeSpan Tick = TimeSpan.FromTicks(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    public static TheoryData<string> All => [GivenForAWhile.Elevation, GivenForAWhile.Standing, GivenForAWhile.Request, GivenForAWhile.Approval];

    public static TheoryData<string, long> SubSecond()
    {
        var data = new TheoryData<string, long>();
        foreach (string what in (string[])[GivenForAWhile.Elevation, GivenForAWhile.Standing])
        {
            data.Add(what, 2);
            data.Add(what, TimeSpan.TicksPerSecond - 1);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_wall_clock_that_is_set_back_prolongs_nothing(string what)
    {
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what);
        host.Time.SetUtcNow(host.Time.GetUtcNow() - Hour);

        host.Time.Advance(given.Lasts - Tick);
        Assert.Equal(DecisionCodes.Allowed, await given.UseAsync(host));
        host.Time.Advance(Tick);
        Assert.Equal(given.Over, await given.UseAsync(host));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_wall_clock_that_is_set_back_again_and_again_prolongs_nothing(string what)
    {
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what);
        for (int i = 0; i < 4; i++)
        {
            host.Time.Advance(given.Lasts / 4);
            host.Time.SetUtcNow(host.Time.GetUtcNow() - given.Lasts);
            await host.Pipeline.LookAsync();
        }

        Assert.Equal(given.Over, await given.UseAsync(host));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task A_wall_clock_that_leaps_ahead_ends_it_though_the_monotonic_one_stands_still(string what)
    {
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what);

        host.Time.SetUtcNow(host.Time.GetUtcNow() + given.Lasts - Tick);
        Assert.Equal(DecisionCodes.Allowed, await given.UseAsync(host));
        host.Time.SetUtcNow(host.Time.GetUtcNow() + Tick);
        Assert.Equal(given.Over, await given.UseAsync(host));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_a_host_has_found_over_stays_over_when_the_clock_is_set_back(string what)
    {
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what);
        DateTimeOffset start = host.Time.GetUtcNow();
        host.Time.SetUtcNow(start + given.Lasts);
        await host.Pipeline.LookAsync();
        host.Time.SetUtcNow(start);

        Assert.Equal(given.Over, await given.UseAsync(host));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_a_call_has_found_over_stays_over_when_the_clock_is_set_back(string what)
    {
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what);
        DateTimeOffset start = host.Time.GetUtcNow();
        host.Time.SetUtcNow(start + given.Lasts);
        Assert.Equal(given.Over, await given.UseAsync(host));
        host.Time.SetUtcNow(start);

        Assert.Equal(given.Over, await given.UseAsync(host));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task What_a_host_has_found_over_is_over_in_a_new_host_whose_clock_is_set_back(string what)
    {
        GivenForAWhile given;
        await using (GovernedHost host = Host())
        {
            given = await GivenForAWhile.GiveAsync(host, what);
            host.Time.Advance(given.Lasts);
            await host.Pipeline.LookAsync();
        }

        await using GovernedHost restarted = Host(back: Hour);
        Assert.Equal(given.Over, await given.UseAsync(restarted));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task In_a_new_host_whose_clock_is_set_back_to_before_it_was_given_it_is_over(string what)
    {
        GivenForAWhile given;
        await using (GovernedHost host = Host())
        {
            given = await GivenForAWhile.GiveAsync(host, what);
            host.Time.Advance(given.Lasts / 2);
        }

        await using GovernedHost restarted = Host(back: Hour);
        await restarted.Pipeline.LookAsync();
        Assert.Equal(given.Over, await given.UseAsync(restarted));
    }

    [Theory]
    [MemberData(nameof(All))]
    public async Task In_a_new_host_whose_clock_is_a_little_behind_it_lasts_no_longer_than_it_was_given_for(string what)
    {
        GivenForAWhile given;
        await using (GovernedHost host = Host())
        {
            given = await GivenForAWhile.GiveAsync(host, what);
        }

        await using GovernedHost restarted = Host(back: TimeSpan.FromMinutes(4));
        await restarted.Pipeline.LookAsync();
        Assert.Equal(DecisionCodes.Allowed, await given.UseAsync(restarted));
        restarted.Time.Advance(given.Lasts);
        Assert.Equal(given.Over, await given.UseAsync(restarted));
    }

    [Fact]
    public void What_is_over_stays_over_however_much_else_is_asked_about()
    {
        var time = new FakeTime();
        var deadlines = new Deadlines(time);
        DateTimeOffset end = time.GetUtcNow().AddMinutes(10);
        Assert.False(deadlines.HasPassed("g", end, TimeSpan.FromMinutes(10)));
        time.SetUtcNow(time.GetUtcNow() - Hour);
        time.Advance(TimeSpan.FromMinutes(10));
        Assert.True(deadlines.HasPassed("g", end, TimeSpan.FromMinutes(10)));
        for (int i = 0; i < 5_000; i++)
        {
            deadlines.HasPassed($"other {i}", end, TimeSpan.FromMinutes(10));
        }

        Assert.True(deadlines.HasPassed("g", end, TimeSpan.FromMinutes(10)));
    }

    [Theory]
    [MemberData(nameof(SubSecond))]
    public async Task Less_than_a_second_is_counted_to_the_tick_in_the_host_and_in_the_next(string what, long ticks)
    {
        var lasts = TimeSpan.FromTicks(ticks);
        await using GovernedHost host = Host();
        GivenForAWhile given = await GivenForAWhile.GiveAsync(host, what, lasts);
        host.Time.Advance(lasts - Tick);
        await using GovernedHost restarted = Host(back: Tick - lasts);

        foreach (GovernedHost each in (GovernedHost[])[host, restarted])
        {
            Assert.Equal(DecisionCodes.Allowed, await given.UseAsync(each));
            each.Time.Advance(Tick);
            Assert.Equal(given.Over, await given.UseAsync(each));
        }
    }

    private GovernedHost Host(TimeSpan back = default) => Stores.Host(GivenForAWhile.Policy, o =>
    {
        var time = (FakeTime)o.TimeProvider;
        time.SetUtcNow(time.GetUtcNow() - back);
    });
}

public sealed class T38_no_clock_prolongs_what_people_gave_in_memory() : T38_no_clock_prolongs_what_people_gave(StoreKind.Memory);

[Trait("Speed", "slow")]
public sealed class T38_no_clock_prolongs_what_people_gave_on_sqlite() : T38_no_clock_prolongs_what_people_gave(StoreKind.Sqlite);
