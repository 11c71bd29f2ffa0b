namespace ToolGuardrails;

/// <summary>How a server of the Model Context Protocol is started, and what of it is bounded.</summary>
public sealed class McpUpstreamOptions
{
    // What programs need to find others, the user's folder, a place for temporary files, the user's language and the machine's certificates. None of them holds a secret.
    private static readonly string[] Usual = OperatingSystem.IsWindows()
        ? ["APPDATA", "COMSPEC", "HOMEDRIVE", "HOMEPATH", "LOCALAPPDATA", "NODE_EXTRA_CA_CERTS", "PATH", "PATHEXT", "PROGRAMDATA", "PROGRAMFILES", "SYSTEMDRIVE", "SYSTEMROOT", "TEMP", "TMP", "USERNAME", "USERPROFILE", "WINDIR"]
        : ["HOME", "LANG", "LC_ALL", "LOGNAME", "NODE_EXTRA_CA_CERTS", "PATH", "SHELL", "SSL_CERT_DIR", "SSL_CERT_FILE", "TERM", "TMPDIR", "TZ", "USER"];

    /// <summary>The program.</summary>
    public required string Command { get; init; }

    /// <summary>Its arguments, each as one.</summary>
    /// <value>None.</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>Where it runs; null for where this process does.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>The whole environment of the server's process. Nothing else of this process's is handed on.</summary>
    /// <value><see cref="AllowedEnvironment"/> without further names.</value>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = AllowedEnvironment([]);

    /// <summary>How many bytes a message from the server may have. A longer one is dropped, and every call that is under way fails, because whose answer it was can't be told.</summary>
    /// <value>8 MiB.</value>
    public int MaxMessageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Is told each line of the server's standard error, and what was dropped. Lines hold what the server wrote: escape them before you show them.</summary>
    /// <value>Does nothing.</value>
    public Action<string> Error { get; init; } = static _ => { };

    /// <summary>Those variables of this process that a program usually needs, such as <c>PATH</c> and <c>HOME</c>, and further ones by name. One that isn't set here isn't set there.</summary>
    /// <param name="names">Further names, such as the one in which the server expects its own key.</param>
    public static IReadOnlyDictionary<string, string> AllowedEnvironment(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        var allowed = new Dictionary<string, string>(OperatingSystem.IsWindows() ? StringComparer.OrdinalIgnoreCase : StringComparer.Ordinal);
        foreach (string name in Usual.Concat(names))
        {
            if (System.Environment.GetEnvironmentVariable(name) is { } value)
            {
                allowed[name] = value;
            }
        }

        return allowed;
    }
}
