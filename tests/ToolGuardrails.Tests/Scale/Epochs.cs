using System.Collections.Immutable;
using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Scale;

/// <summary>Epochs without a pipeline around them.</summary>
internal static class Epochs
{
    public static PolicyEpoch Of(GuardrailPolicy policy) =>
        new(policy, ImmutableDictionary.Create<string, DefinitionState>(StringComparer.Ordinal), SuspensionState.Of(0, []));

    /// <summary>A session of an agent, below sessions of others.</summary>
    public static SessionIdentity Session(string agent, params string[] above) =>
        new("s", agent, GovernedHost.Dana, tenant: null, above.Length == 0 ? null : Session(above[0], above[1..]));
}
