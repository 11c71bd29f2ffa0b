using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Describes a server that offers tools.</summary>
public sealed class PolicyServerBuilder
{
    private readonly PolicyDraft _draft;

    internal PolicyServerBuilder(string id) => _draft = new PolicyDraft($"the server '{VisibleText.Escape(id)}'");

    internal JsonObject Json => _draft.Json;

    /// <summary>What it returns is trusted.</summary>
    /// <param name="trusted">Whether it is.</param>
    public PolicyServerBuilder Trusted(bool trusted = true)
    {
        _draft.Set("trusted", trusted);
        return this;
    }

    /// <summary>A fact that holds for its tools.</summary>
    /// <param name="name">The fact's name.</param>
    /// <param name="value">Its value.</param>
    public PolicyServerBuilder Fact(string name, PolicyScalar value)
    {
        _draft.SetEntry("facts", name, value.ToJson());
        return this;
    }
}
