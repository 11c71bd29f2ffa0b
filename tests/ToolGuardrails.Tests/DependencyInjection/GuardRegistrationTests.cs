using Microsoft.Extensions.DependencyInjection;

namespace ToolGuardrails.Tests.DependencyInjection;

public sealed class GuardRegistrationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task Guards_are_asked_in_the_order_in_which_they_were_added()
    {
        var order = new List<string>();
        IToolGuard Named(string name) => new LambdaGuard(_ =>
        {
            order.Add(name);
            return Verdict.Allow;
        });
        var services = (ServiceCollection)Services.In(_folder, g => g.AddGuard(Named("1")).AddGuard<Listening>().AddGuard(Named("3")), Services.Low);
        services.AddSingleton(order);
        services.AddGuardrails().AddGuard(Named("4"));
        await using ServiceProvider provider = services.Build();
        await provider.ReadNoteAsync();
        Assert.Equal(["1", "listening", "3", "4", "result"], order);
    }

    [Fact]
    public async Task A_guard_that_is_a_result_guard_too_is_one_object_and_is_asked_once_about_each()
    {
        var guard = new Listening([]);
        await using ServiceProvider provider = Services.In(_folder, g => g.AddGuard(guard), Services.Low).Build();
        await provider.ReadNoteAsync();
        Assert.Equal((1, 1), (guard.Calls, guard.Results));
    }

    [Fact]
    public async Task A_guard_added_by_its_type_is_one_object_for_both_and_for_the_application()
    {
        var services = (ServiceCollection)Services.In(_folder, static g => g.AddGuard<Listening>(), Services.Low);
        services.AddSingleton(new List<string>());
        await using ServiceProvider provider = services.Build();
        await provider.ReadNoteAsync();
        Listening guard = provider.GetRequiredService<Listening>();
        Assert.Equal((1, 1), (guard.Calls, guard.Results));
    }

    [Fact]
    public async Task A_result_guard_by_its_type_is_asked_about_results_only()
    {
        var services = (ServiceCollection)Services.In(_folder, static g => g.AddResultGuard<Withholding>(), Services.Low);
        await using ServiceProvider provider = services.Build();
        ToolOutcome<int> outcome = await provider.ReadNoteAsync();
        Assert.Equal((true, false), (outcome.Executed, outcome.HasValue));
    }

    [Fact]
    public async Task A_guard_reaches_scoped_services_through_a_scope_of_its_own()
    {
        var services = (ServiceCollection)Services.In(_folder, static g => g.AddGuard<ScopedAsking>(), Services.Low);
        services.AddScoped<Directory>();
        await using ServiceProvider provider = services.Build();
        Assert.True((await provider.ReadNoteAsync()).HasValue);
        Assert.True((await provider.ReadNoteAsync()).HasValue);
        ScopedAsking guard = provider.GetRequiredService<ScopedAsking>();
        Assert.Equal(2, guard.Seen.Distinct().Count());
        Assert.All(guard.Seen, static d => Assert.True(d.Disposed));
    }

    [Fact]
    public void A_guard_that_asks_for_a_scoped_service_outright_is_refused()
    {
        var services = (ServiceCollection)Services.In(_folder, static g => g.AddGuard<Captive>(), Services.Low);
        services.AddScoped<Directory>();
        AggregateException refused = Assert.Throws<AggregateException>(() => services.Build());
        Assert.Contains("Cannot consume scoped service", refused.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private sealed class Listening(List<string> order) : IToolGuard, IToolResultGuard
    {
        public int Calls { get; private set; }

        public int Results { get; private set; }

        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            Calls++;
            order.Add("listening");
            return new(Verdict.Allow);
        }

        public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken)
        {
            Results++;
            order.Add("result");
            return new(Verdict.Allow);
        }
    }

    private sealed class Withholding : IToolResultGuard
    {
        public ValueTask<Verdict> EvaluateResultAsync(ToolCall call, ToolResult result, CancellationToken cancellationToken) => new(default(Verdict));
    }

    private sealed class Directory : IDisposable
    {
        public bool Disposed { get; private set; }

        public void Dispose() => Disposed = true;
    }

    private sealed class ScopedAsking(IServiceScopeFactory scopes) : IToolGuard
    {
        public List<Directory> Seen { get; } = [];

        public async ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken)
        {
            await using AsyncServiceScope scope = scopes.CreateAsyncScope();
            Directory directory = scope.ServiceProvider.GetRequiredService<Directory>();
            Seen.Add(directory);
            return directory.Disposed ? default : Verdict.Allow;
        }
    }

    private sealed class Captive(Directory directory) : IToolGuard
    {
        public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) =>
            new(directory.Disposed ? default : Verdict.Allow);
    }
}
