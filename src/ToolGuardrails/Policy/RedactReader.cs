namespace ToolGuardrails.Policy;

/// <summary>Reads a tool's <c>redact</c>: paths that begin with <c>arg</c> or <c>result</c>.</summary>
internal static class RedactReader
{
    private const string Argument = "arg";
    private const string Result = "result";

    /// <summary>Reads the list; null where it is absent or empty.</summary>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">Its declared arguments: a hidden one has to be declared, or another spelling of it would be recorded in clear.</param>
    public static Redaction? Read(PolicyObject tool, IReadOnlyDictionary<string, ArgumentKind>? arguments)
    {
        if (tool.Texts("redact") is not { } texts)
        {
            return null;
        }

        var paths = new List<IReadOnlyList<string>>();
        foreach ((string text, PolicyNode node) in texts)
        {
            IReadOnlyList<string>? path = FieldPath.Read(text);
            if (path is null || path[0] is not (Argument or Result))
            {
                tool.Errors.Add(node, $"{PolicyErrors.Quote(text)} names nothing that can be hidden; write 'arg', 'arg.NAME', 'result' or 'result.NAME', with further names behind dots, and a name that isn't plain as ['a.b'].");
                continue;
            }

            CheckDeclared(path, node, tool, arguments);
            if (paths.Exists(p => p.SequenceEqual(path, StringComparer.Ordinal)))
            {
                tool.Errors.Add(node, $"The path {PolicyErrors.Quote(text)} stands in this list twice; keep one of the two.");
            }

            paths.Add(path);
        }

        return paths.Count == 0 ? null : new Redaction(Tree(paths, Argument), Tree(paths, Result)) { ArgumentPaths = Below(paths, Argument) };
    }

    private static FieldTree? Tree(List<IReadOnlyList<string>> paths, string root)
    {
        IReadOnlyList<string>[] below = Below(paths, root);
        return below.Length == 0 ? null : FieldTree.Of(below, ignoreCase: true);
    }

    private static IReadOnlyList<string>[] Below(List<IReadOnlyList<string>> paths, string root) => [.. paths.Where(p => p[0] == root).Select(static p => p.Skip(1).ToArray())];

    private static void CheckDeclared(IReadOnlyList<string> path, PolicyNode node, PolicyObject tool, IReadOnlyDictionary<string, ArgumentKind>? arguments)
    {
        if (path[0] != Argument || path.Count == 1)
        {
            return;
        }

        if (arguments is null)
        {
            tool.Errors.Add(node, $"The tool declares no arguments, so the argument {PolicyErrors.Quote(path[1])} could be recorded under another spelling; add 'arguments' to it, or hide all of them with 'arg'.");
        }
        else if (!arguments.ContainsKey(path[1]))
        {
            string hint = NearMiss.Hint(path[1], arguments.Keys, "; declare it, or leave it out of 'redact'.");
            tool.Errors.Add(node, $"The tool doesn't declare the argument {PolicyErrors.Quote(path[1])}{hint}");
        }
    }
}
