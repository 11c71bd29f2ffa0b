using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ToolGuardrails.Sqlite;

namespace ToolGuardrails;

/// <summary>Adds the store on disk to a host's guardrails.</summary>
public static class SqliteGuardrailsBuilderExtensions
{
    /// <summary>Keeps suspensions, approval requests, grants and budgets in a SQLite file, which is made where there is none. A host whose store can't be opened doesn't start.</summary>
    /// <param name="builder">The builder.</param>
    /// <param name="path">The file; a relative path is resolved against <see cref="GuardrailOptions.ContentRoot"/>.</param>
    public static GuardrailsBuilder AddSqliteStore(this GuardrailsBuilder builder, string path)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        builder.Services.AddSingleton(services => new StoreSource(services, path));
        builder.Services.AddSingleton<IConfigureOptions<GuardrailOptions>>(static services => services.GetRequiredService<StoreSource>());
        builder.Services.AddSingleton(static services => services.GetRequiredService<StoreSource>().Store());
        builder.Services.AddSingleton<ISuspensionStore>(static services => services.GetRequiredService<SqliteGuardrailStore>());
        builder.Services.AddSingleton<IApprovalStore>(static services => services.GetRequiredService<SqliteGuardrailStore>());
        builder.Services.AddSingleton<IGrantStore>(static services => services.GetRequiredService<SqliteGuardrailStore>());
        builder.Services.AddSingleton<IBudgetStore>(static services => services.GetRequiredService<SqliteGuardrailStore>());
        return builder;
    }
}
