using System.Security.Cryptography;
using System.Text.Json;
using ToolGuardrails.Intake;

namespace ToolGuardrails;

/// <summary>Digests of tool definitions: name, description, schema, annotations as a server declares them.</summary>
public static class ToolDefinition
{
    private const string Prefix = "sha256:";

    /// <summary>The digest that a policy pins as <c>definition</c>: <c>sha256:</c> and 64 hex digits over the canonical form of the JSON.</summary>
    /// <param name="definition">The definition.</param>
    /// <exception cref="ArgumentException">The definition isn't a strict JSON object.</exception>
    public static string Digest(JsonElement definition)
    {
        ArgumentSnapshot snapshot = ArgumentIntake.Read(new ArgumentSnapshot(), definition, new ArgumentLimits(4 * 1024 * 1024, ArgumentLimits.DeepestAllowed, 1_000_000));
        if (snapshot.Refusal is { } refusal)
        {
            throw new ArgumentException($"The definition is not a strict JSON object ({refusal.Code}): {refusal.Text}", nameof(definition));
        }

        return Prefix + Convert.ToHexStringLower(SHA256.HashData(CanonicalJson.Write(snapshot.Utf8)));
    }

    internal static bool IsDigest(string text) =>
        text.Length == Prefix.Length + 64 && text.StartsWith(Prefix, StringComparison.Ordinal)
        && text.Skip(Prefix.Length).All(char.IsAsciiHexDigitLower);
}
