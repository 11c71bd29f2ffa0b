namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>Who may use whose internal types. Words at the bottom, then intake, policy, the stages side by side, the entry and beside it what explains, and dependency injection on top.</summary>
internal static class Layers
{
    private const string Words = "(words)";
    private const string Entry = "(entry)";
    private const string Explaining = "Explaining";
    private const string Registration = "DependencyInjection";
    private static readonly string[] Stages = ["Scoping", "Tiers", "Approval", "Audit", "Results"];
    private static readonly string[] EntryFiles = ["GuardrailPipeline", "GuardrailOptions", "AgentSession", "ToolBinding"];

    public static IEnumerable<string> Violations(IReadOnlyList<SourceFile> files)
    {
        ILookup<string, (string Layer, bool IsPublic)> declared = files
            .SelectMany(static f => f.DeclaredTypes().Select(t => (t.Name, Place: (Of(f), t.IsPublic))))
            .ToLookup(static d => d.Name, static d => d.Place, StringComparer.Ordinal);
        return files.SelectMany(f => Unplaced(f).Concat(Uses(f, declared)).Concat(Names(f))).Distinct(StringComparer.Ordinal);
    }

    private static string Of(SourceFile file) =>
        file.Folder.Length > 0 ? file.Folder
        : EntryFiles.Any(e => file.Name.StartsWith(e, StringComparison.Ordinal)) ? Entry
        : Words;

    private static bool IsKnown(string layer) => layer is Words or Entry or Explaining or Registration or "Intake" or "Policy" || Stages.Contains(layer);

    private static bool May(string from, string to) => from == to || from switch
    {
        Words => to == "Intake",
        "Intake" => to == Words,
        "Policy" => to is Words or "Intake",
        Entry => to is not (Registration or Explaining),
        Explaining => to != Registration,
        Registration => true,
        _ => to is Words or "Intake" or "Policy",
    };

    private static IEnumerable<string> Unplaced(SourceFile file) =>
        IsKnown(Of(file)) ? [] : [$"{file.Path}: the folder '{file.Folder}' has no layer; give it one in Layers."];

    // A member of the same name isn't a use: behind a dot only a folder's name makes it one.
    private static IEnumerable<string> Uses(SourceFile file, ILookup<string, (string Layer, bool IsPublic)> declared) =>
        from identifier in file.Identifiers()
        where identifier.Qualifier is null || IsKnown(identifier.Qualifier)
        let places = declared[identifier.Name].ToArray()
        where places.Length > 0 && !places.Any(p => May(Of(file), p.Layer) || (p.IsPublic && p.Layer != Registration))
        select $"{file.Path} uses {identifier.Name} of {places[0].Layer}.";

    private static IEnumerable<string> Names(SourceFile file) =>
        from identifier in file.Identifiers()
        where identifier.Qualifier == nameof(ToolGuardrails) && IsKnown(identifier.Name) && !May(Of(file), identifier.Name)
        select $"{file.Path} names the namespace of {identifier.Name}.";
}
