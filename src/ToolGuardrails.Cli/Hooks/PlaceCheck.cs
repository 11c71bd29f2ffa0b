namespace ToolGuardrails.Cli.Hooks;

/// <summary>Whether the agent could write what it is governed by.</summary>
internal static class PlaceCheck
{
    public static IEnumerable<Finding> Run(string[] arguments, string project, CancellationToken cancellationToken)
    {
        foreach ((string option, string what) in ((string, string)[])[("--policy", "policy"), ("--audit", "log"), ("--store", "store"), ("--keys", "keys' folder")])
        {
            if (HookOptionSet.ValueOf(arguments, option) is not { } path)
            {
                continue;
            }

            if (IsInside(path, project))
            {
                yield return new Finding(true, path, $"The {what} lies in the project, where the agent's own tools write. Move it elsewhere, and install the hook anew.");
            }
            else if (option == "--policy")
            {
                foreach (Finding finding in OfPolicy(path, cancellationToken))
                {
                    yield return finding;
                }
            }
        }
    }

    private static IEnumerable<Finding> OfPolicy(string path, CancellationToken cancellationToken)
    {
        string? problem = null;
        try
        {
            _ = PolicyFile.Load(path, cancellationToken);
        }
        catch (Exception e) when (e is CommandException or GuardrailPolicyException or IOException or UnauthorizedAccessException)
        {
            problem = e.Message;
        }

        if (problem is not null)
        {
            yield return new Finding(false, path, $"The policy doesn't load, so every event is denied. {problem}");
        }
        else if (IsWritable(path))
        {
            yield return new Finding(false, path, "The policy can be written by this user, and so by a shell command that the agent may run. Give it to another user.");
        }
    }

    // As the system says it, with nothing changed: the file is opened and closed.
    private static bool IsWritable(string path)
    {
        try
        {
            using var opened = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool IsInside(string path, string folder)
    {
        string relative = Path.GetRelativePath(Resolved(folder), Resolved(path));
        return relative != ".." && !relative.StartsWith(".." + Path.DirectorySeparatorChar, StringComparison.Ordinal) && !Path.IsPathRooted(relative);
    }

    private static string Resolved(string path)
    {
        string full = Path.GetFullPath(path);
        if (new FileInfo(full).LinkTarget is not null && File.ResolveLinkTarget(full, returnFinalTarget: true) is { } target)
        {
            return target.FullName;
        }

        return Path.GetDirectoryName(full) is { } parent ? Path.Combine(Resolved(parent), Path.GetFileName(full)) : full;
    }
}
