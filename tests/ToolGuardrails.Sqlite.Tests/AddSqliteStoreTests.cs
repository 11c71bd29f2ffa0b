using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.Stores;

public sealed class AddSqliteStoreTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_store_below_the_content_root_is_every_store_and_ends_with_the_services()
    {
        var time = new FakeTime();
        await using ServiceProvider services = Services(time, "data/store.db");
        var store = (SqliteGuardrailStore)services.GetRequiredService<ISuspensionStore>();
        Assert.Same(store, services.GetRequiredService<IBudgetStore>());
        Assert.Same(store, services.GetRequiredService<IApprovalStore>());
        Assert.Same(store, services.GetRequiredService<IGrantStore>());
        Assert.Same(store, services.GetRequiredService<SqliteGuardrailStore>());
        Assert.Equal(_folder.Combine("data", "store.db"), store.Path);
        Assert.True(await store.TryChargeAsync([new BudgetCharge("a", 1, TimeSpan.FromMinutes(1))], default));
        Assert.Equal(time.GetUtcNow(), Assert.Single(store.ReadBudgets()).Began);
        await services.DisposeAsync();
        Assert.Throws<ObjectDisposedException>(() => store.ReadVersion());
    }

    [Fact]
    public async Task It_can_be_asked_for_while_the_options_are_being_filled()
    {
        var services = new ServiceCollection();
        services.AddGuardrails().AddSqliteStore("store.db").AddAuditFile("audit.jsonl");
        services.AddSingleton<IPostConfigureOptions<GuardrailOptions>, AsksForTheStore>();
        services.Configure<GuardrailOptions>(o => o.ContentRoot = _folder.Path);
        await using ServiceProvider provider = services.BuildServiceProvider();
        _ = provider.GetRequiredService<IOptions<GuardrailOptions>>().Value;
        Assert.Equal(_folder.Combine("store.db"), provider.GetRequiredService<SqliteGuardrailStore>().Path);
    }

    [Fact]
    public async Task A_store_that_cannot_be_opened_is_a_whole_sentence()
    {
        await File.WriteAllTextAsync(_folder.Combine("store.db"), "text");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_folder.Combine("store.db"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        await using ServiceProvider services = Services(new FakeTime(), "store.db");
        Assert.Contains("isn't a store of ToolGuardrails", Assert.Throws<InvalidDataException>(services.GetRequiredService<ISuspensionStore>).Message, StringComparison.Ordinal);
    }

    private ServiceProvider Services(FakeTime time, string path)
    {
        var services = new ServiceCollection();
        services.AddSingleton<TimeProvider>(time);
        services.AddGuardrails().AddSqliteStore(path).AddAuditFile("audit.jsonl").Configure(o => o.ContentRoot = _folder.Path);
        return services.BuildServiceProvider();
    }

    private sealed class AsksForTheStore(IServiceProvider services) : IPostConfigureOptions<GuardrailOptions>
    {
        public void PostConfigure(string? name, GuardrailOptions options) => services.GetRequiredService<ISuspensionStore>();
    }
}
