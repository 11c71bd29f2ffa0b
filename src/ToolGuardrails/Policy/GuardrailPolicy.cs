using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ToolGuardrails.Intake;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Who may do what, at which risk, with whose consent: policy as code, version 1. Immutable.</summary>
/// <remarks>The format: docs/policy.md and <see cref="JsonSchema"/>. Loading is strict: anything that isn't understood is an error, never ignored.</remarks>
public sealed partial class GuardrailPolicy
{
    private readonly byte[] _canonical;
    private readonly Lazy<IReadOnlyList<PolicyLint>> _lints;

    private GuardrailPolicy(PolicyModel model, JsonElement root, byte[] canonical)
    {
        Model = model;
        _canonical = canonical;
        _rules = new Lazy<IReadOnlyList<PolicyRule>>(() => RuleList.Of(model, root));
        _lints = new Lazy<IReadOnlyList<PolicyLint>>(() => PolicyLinter.Lint(model, root));
        Digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(canonical));
    }

    /// <summary>The JSON Schema of the format, as it ships in the package.</summary>
    public static string JsonSchema { get; } = ReadSchema();

    /// <summary>The policy's name.</summary>
    public string Name => Model.Name;

    /// <summary>SHA-256 over the policy's canonical JSON, as <c>sha256:</c> and 64 hex digits. Every audit record carries it.</summary>
    public string Digest { get; }

    internal PolicyModel Model { get; }

    /// <summary>Reads a policy from JSON text. Comments are allowed, trailing commas are not.</summary>
    /// <param name="json">The policy.</param>
    /// <exception cref="GuardrailPolicyException">Something is wrong with it; all that is found is listed.</exception>
    public static GuardrailPolicy Parse(string json)
    {
        ArgumentNullException.ThrowIfNull(json);
        return IdentifierText.IsWellFormedUtf16(json)
            ? Parse(Encoding.UTF8.GetBytes(json), file: null)
            : throw new GuardrailPolicyException([new PolicyError("$", "The text holds a lone surrogate, which isn't a character; remove it.")]);
    }

    /// <summary>Writes a policy in C#.</summary>
    /// <param name="write">Names it, and describes its tools, agents and rules.</param>
    /// <exception cref="GuardrailPolicyException">Something is wrong with it; all that is found is listed, with the paths that it would have as JSON.</exception>
    /// <exception cref="InvalidOperationException">Something was given twice, or nothing at all.</exception>
    public static GuardrailPolicy Build(Action<GuardrailPolicyBuilder> write)
    {
        ArgumentNullException.ThrowIfNull(write);
        var builder = new GuardrailPolicyBuilder();
        write(builder);
        return builder.Build(Directory.GetCurrentDirectory());
    }

    /// <summary>A first policy for one agent: tools that only read are allowed and recorded; every other one asks the person the agent acts for, and those that delete or execute are denied. An ordinary policy, whose <see cref="ToJson"/> can be saved and grown.</summary>
    /// <param name="agent">The agent's name.</param>
    /// <param name="owner">The person who answers for it.</param>
    /// <param name="tools">Its tools; <see cref="ToolInfo.Named"/> and <see cref="ToolInfo.AsReadOnly"/> make them. One that doesn't say what it does counts as writing.</param>
    /// <exception cref="ArgumentException">A tool's id isn't one that a policy can have.</exception>
    /// <exception cref="GuardrailPolicyException">Something is wrong with the names given.</exception>
    public static GuardrailPolicy Starter(string agent, string owner, IEnumerable<ToolInfo> tools)
    {
        ArgumentNullException.ThrowIfNull(tools);
        return Build(policy => StarterPolicy.Write(policy, agent, owner, [.. tools]));
    }

    /// <summary>Reads a policy from a UTF-8 file.</summary>
    /// <param name="path">The file; a relative path is resolved against the current directory, a host's content root by default.</param>
    /// <exception cref="GuardrailPolicyException">Something is wrong with the policy.</exception>
    /// <exception cref="IOException">The file can't be read.</exception>
    public static GuardrailPolicy LoadFile(string path)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        string full = Path.GetFullPath(path);
        return File.Exists(full)
            ? Parse(File.ReadAllBytes(full), full)
            : throw new FileNotFoundException($"There is no policy file '{full}'. A relative path starts at GuardrailOptions.ContentRoot, or at the current directory where that isn't set; copy the file to the output and set ContentRoot to AppContext.BaseDirectory, or give the full path.", full);
    }

    /// <summary>The policy as canonical JSON, which <see cref="Parse(string)"/> reads back to a policy of the same digest.</summary>
    public string ToJson() => Encoding.UTF8.GetString(_canonical);

    /// <summary>Advice about this policy: what loads and is probably not what was meant. It changes nothing that is decided.</summary>
    /// <returns>The lints in the order of the document; empty where there are none. They are looked for at the first call only.</returns>
    public IReadOnlyList<PolicyLint> Lint() => _lints.Value;

    /// <summary>Name and digest.</summary>
    public override string ToString() => $"{Name} ({Digest})";

    internal static GuardrailPolicy Parse(ReadOnlyMemory<byte> utf8, string? file)
    {
        PolicyModel model = PolicyReader.Read(utf8, file, out byte[] canonical, out JsonElement root);
        return new GuardrailPolicy(model, root, canonical);
    }

    private static string ReadSchema()
    {
        using Stream stream = typeof(GuardrailPolicy).Assembly.GetManifestResourceStream("guardrails.schema.json")!;
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
