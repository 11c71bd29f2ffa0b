using System.Text.RegularExpressions;

namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>One C# file: its place, its text and its code without comments and literals.</summary>
internal sealed partial class SourceFile(string path, string text)
{
    // Relative to the project folder, with '/'.
    public string Path { get; } = path;

    public string Name => Path[(Path.LastIndexOf('/') + 1)..];

    /// <summary>The folder below the project, or an empty text for the project's root.</summary>
    public string Folder => Path.Contains('/', StringComparison.Ordinal) ? Path[..Path.IndexOf('/', StringComparison.Ordinal)] : "";

    public string Text { get; } = text;

    public string Code { get; } = CodeText.Strip(text);

    public int Lines => Text.TrimEnd('\n').Count(static c => c == '\n') + 1;

    /// <summary>The types that the file declares, nested ones too, except private ones.</summary>
    public IEnumerable<(string Name, bool IsPublic)> DeclaredTypes() =>
        from Match match in Declaration().Matches(Code)
        let modifiers = match.Groups["modifiers"].Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        where !modifiers.Contains("private") && !modifiers.Contains("protected") && !modifiers.Contains("file")
        select (match.Groups["name"].Value, modifiers.Contains("public"));

    /// <summary>Every identifier, with the identifier before its dot where there is one.</summary>
    public IEnumerable<(string Name, string? Qualifier)> Identifiers() =>
        Identifier().Matches(Code).Select(m => (m.Value, QualifierOf(m.Index)));

    public static IReadOnlyList<SourceFile> Of(params ReadOnlySpan<string> folder)
    {
        string root = Repository.Path(folder);
        return [.. from path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
                   let relative = System.IO.Path.GetRelativePath(root, path).Replace('\\', '/')
                   where !relative.Split('/').Any(static p => p is "bin" or "obj")
                   orderby relative
                   select new SourceFile(relative, File.ReadAllText(path).ReplaceLineEndings("\n"))];
    }

    private string? QualifierOf(int index)
    {
        if (index == 0 || Code[index - 1] != '.')
        {
            return null;
        }

        int start = index - 1;
        while (start > 0 && (char.IsLetterOrDigit(Code[start - 1]) || Code[start - 1] == '_'))
        {
            start--;
        }

        return Code[start..(index - 1)];
    }

    [GeneratedRegex(@"(?<modifiers>(?:\b(?:public|internal|private|protected|file|static|sealed|abstract|readonly|ref|partial|unsafe|new)\s+)*)\b(?:(?:record\s+)?(?:class|struct)|record|interface|enum)\s+(?<name>(?!where\b|class\b|struct\b)[A-Za-z_]\w*)\s*[<({:;\n]|(?<modifiers>(?:\b(?:public|internal|private|protected|unsafe)\s+)*)\bdelegate\s+[\w<>,\[\]?. ]+\s(?<name>[A-Za-z_]\w*)\s*[<(]")]
    private static partial Regex Declaration();

    [GeneratedRegex(@"[A-Za-z_]\w*")]
    private static partial Regex Identifier();
}
