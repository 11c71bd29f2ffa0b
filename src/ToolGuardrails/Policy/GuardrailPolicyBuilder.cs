namespace ToolGuardrails;

/// <summary>Says where a host's policy comes from: a file, JSON text, a policy that has been read; or writes it in C#, member by member.</summary>
/// <remarks>A policy that is written here becomes the same JSON and is read by the same strict reader, so errors name a JSON path and both spellings mean the same.</remarks>
public sealed partial class GuardrailPolicyBuilder
{
    private Func<string, GuardrailPolicy>? _source;

    /// <summary>Loads a UTF-8 JSON file when the options are built.</summary>
    /// <param name="path">The file; a relative path is resolved against <see cref="GuardrailOptions.ContentRoot"/>.</param>
    /// <param name="reload">Whether the file is watched while the pipeline runs, so that a changed policy takes the place of the one in force. False by default. Replace the file as a whole: write another one beside it and rename it.</param>
    /// <exception cref="InvalidOperationException">A policy has been given before.</exception>
    public GuardrailPolicyBuilder LoadFile(string path, bool reload = false)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        ReloadFile = reload ? path : null;
        return From(root => GuardrailPolicy.LoadFile(Path.GetFullPath(path, root)));
    }

    /// <summary>Reads JSON text when the options are built.</summary>
    /// <param name="json">The policy.</param>
    /// <exception cref="InvalidOperationException">A policy has been given before.</exception>
    public GuardrailPolicyBuilder LoadJson(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return From(_ => GuardrailPolicy.Parse(json));
    }

    /// <summary>Takes a policy that has been read.</summary>
    /// <param name="policy">The policy.</param>
    /// <exception cref="InvalidOperationException">A policy has been given before.</exception>
    public GuardrailPolicyBuilder Use(GuardrailPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        return From(_ => policy);
    }

    // The file that is watched; null where none is.
    internal string? ReloadFile { get; private set; }

    internal GuardrailPolicy Build(string contentRoot) => _source is not null
        ? _source(contentRoot)
        : _draft is not null ? GuardrailPolicy.Parse(DraftToJson())
        : throw new InvalidOperationException("No policy was given; call LoadFile, LoadJson or Use, write one with Named, Tool and Agent, or call AddGuardrails without a policy to deny everything.");

    private GuardrailPolicyBuilder From(Func<string, GuardrailPolicy> source)
    {
        if (_source is not null || _draft is not null)
        {
            throw new InvalidOperationException("A policy has been given before; one policy is in force at a time, so put both into one document.");
        }

        _source = source;
        return this;
    }
}
