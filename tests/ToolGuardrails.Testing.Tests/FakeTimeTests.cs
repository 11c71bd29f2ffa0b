namespace ToolGuardrails.Testing.Tests;

public sealed class FakeTimeTests
{
    [Fact]
    public void Advancing_moves_both_clocks_and_setting_the_wall_clock_back_moves_one()
    {
        var time = new FakeTime();
        DateTimeOffset start = time.GetUtcNow();
        long stamp = time.GetTimestamp();
        time.Advance(TimeSpan.FromMinutes(2));
        time.SetUtcNow(start.AddHours(-1));
        Assert.Equal(TimeSpan.FromMinutes(2), time.GetElapsedTime(stamp));
        Assert.Equal(start.AddHours(-1), time.GetUtcNow());
    }

    [Fact]
    public void Timers_fire_in_the_order_of_their_moments_and_see_their_own()
    {
        var time = new FakeTime();
        DateTimeOffset start = time.GetUtcNow();
        List<(string Name, TimeSpan At)> fired = [];
        using ITimer late = time.CreateTimer(_ => fired.Add(("late", time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(5), Timeout.InfiniteTimeSpan);
        using ITimer often = time.CreateTimer(_ => fired.Add(("often", time.GetUtcNow() - start)), null, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2));
        using ITimer never = time.CreateTimer(_ => fired.Add(("never", default)), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        never.Dispose();
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal([("often", TimeSpan.FromSeconds(2)), ("often", TimeSpan.FromSeconds(4)), ("late", TimeSpan.FromSeconds(5))], fired);
        Assert.Equal(1, time.PendingTimers);
    }

    [Fact]
    public async Task A_cancellation_source_and_a_wait_end_when_their_time_has_come()
    {
        var time = new FakeTime();
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5), time);
        Task wait = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(5), time);
        time.Advance(TimeSpan.FromSeconds(4.999));
        Assert.False(source.IsCancellationRequested);
        Assert.False(wait.IsCompleted);
        time.Advance(TimeSpan.FromSeconds(0.001));
        Assert.True(source.IsCancellationRequested);
        await Assert.ThrowsAsync<TimeoutException>(() => wait);
    }

    [Fact]
    public async Task A_timer_that_is_due_at_once_fires_without_an_advance()
    {
        var fired = new TaskCompletionSource();
        using ITimer timer = new FakeTime().CreateTimer(_ => fired.TrySetResult(), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        await fired.Task;
    }
}
