using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ToolGuardrails.Sqlite;

/// <summary>Opens the store once, when the services first ask for it, which is while the options are being filled.</summary>
/// <remarks>It can't ask for the finished options then, so it notes those that are being filled when the host configures them: by the time a store is asked for, the host has.</remarks>
internal sealed class StoreSource(IServiceProvider services, string path) : IConfigureOptions<GuardrailOptions>
{
    private readonly Lock _lock = new();
    private GuardrailOptions? _options;
    private SqliteGuardrailStore? _store;

    public void Configure(GuardrailOptions options) => _options = options;

    public SqliteGuardrailStore Store()
    {
        // Asked for at another time: filling the options may ask for the store in turn.
        GuardrailOptions options = _options ?? services.GetRequiredService<IOptions<GuardrailOptions>>().Value;
        lock (_lock)
        {
            return _store ??= Open(options);
        }
    }

    private SqliteGuardrailStore Open(GuardrailOptions options)
    {
        TimeProvider time = options.TimeProvider == TimeProvider.System ? services.GetService<TimeProvider>() ?? TimeProvider.System : options.TimeProvider;
        return SqliteGuardrailStore.OpenOrCreate(Path.GetFullPath(path, Path.GetFullPath(options.ContentRoot ?? Directory.GetCurrentDirectory())), time);
    }
}
