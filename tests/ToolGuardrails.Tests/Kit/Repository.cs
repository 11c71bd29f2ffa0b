namespace ToolGuardrails.Tests.Kit;

/// <summary>The checkout that the tests were built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>The corpora beside the checkout, or null where they are not here.</summary>
    public static string? Shared { get; } = ExistingOrNull(System.IO.Path.Combine(Root, "..", "shared", "corpora"));

    public static string Path(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Root, .. parts]);

    public static string ReadText(params ReadOnlySpan<string> parts) => File.ReadAllText(Path(parts)).ReplaceLineEndings("\n");

    private static string? ExistingOrNull(string path) => Directory.Exists(path) ? System.IO.Path.GetFullPath(path) : null;

    private static string Find()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "Guardrails.sln")))
            {
                return folder.FullName;
            }
        }

        throw new InvalidOperationException($"No folder above '{AppContext.BaseDirectory}' holds Guardrails.sln. Run the tests from a checkout.");
    }
}
