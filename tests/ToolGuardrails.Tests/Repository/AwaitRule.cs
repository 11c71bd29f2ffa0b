using System.Text.RegularExpressions;

namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>Awaits before the tool runs keep the caller's context, because the host's tool may need it; all others leave it.</summary>
internal static partial class AwaitRule
{
    public static IEnumerable<string> Violations(SourceFile file)
    {
        bool keeps = file.Name.StartsWith("GuardrailPipeline", StringComparison.Ordinal);
        foreach (Match match in (keeps ? Leaving() : Await()).Matches(file.Code))
        {
            if (keeps || !Leaves(file.Code, match.Index + match.Length))
            {
                int line = file.Code.AsSpan(0, match.Index).Count('\n') + 1;
                yield return keeps
                    ? $"{file.Path}({line}) leaves the caller's context before the tool runs; remove ConfigureAwait(false)."
                    : $"{file.Path}({line}) awaits without ConfigureAwait(false).";
            }
        }
    }

    // Looks for the call in the awaited expression itself, not in what stands inside its parentheses.
    private static bool Leaves(string code, int start)
    {
        int home = Header().IsMatch(code[start..]) ? 1 : 0;
        int depth = 0;
        for (int i = start; i < code.Length && depth >= 0; i++)
        {
            char c = code[i];
            depth += c is '(' or '[' or '{' ? 1 : c is ')' or ']' or '}' ? -1 : 0;
            if ((depth == 0 && c is ';' or ',') || (depth == 0 && Await().IsMatch(code, i) && Await().Match(code, i).Index == i))
            {
                return false;
            }

            if (depth == home && c == '.' && Leaving().Match(code, i) is { Success: true } found && found.Index == i)
            {
                return true;
            }

            if (home == 1 && depth == 0 && c == ')')
            {
                return false;
            }
        }

        return false;
    }

    [GeneratedRegex(@"\bawait\b")]
    private static partial Regex Await();

    [GeneratedRegex(@"\.\s*ConfigureAwait\s*\((?!\s*(?:true|continueOnCapturedContext:\s*true)\b)(?![^)]*ContinueOnCapturedContext)[^)]*\)")]
    private static partial Regex Leaving();

    [GeneratedRegex(@"\A\s+(?:foreach|using)\s*\(")]
    private static partial Regex Header();
}
