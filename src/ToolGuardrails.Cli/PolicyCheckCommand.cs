using System.CommandLine;
using System.Globalization;
using System.Text.Json;

namespace ToolGuardrails.Cli;

/// <summary><c>guardrails policy check</c>: whether a policy loads, everything that is wrong with it, and its lints.</summary>
internal sealed class PolicyCheckCommand : ExplainedCommand
{
    private readonly Argument<string> _file = new("FILE") { Description = "The policy, such as guardrails.json." };
    private readonly Option<bool> _json = CommandOptions.Json();
    private readonly Terminal _terminal;

    public PolicyCheckCommand(Terminal terminal)
        : base("check", "Say whether a policy loads, everything that is wrong with it, and what is probably not meant.")
    {
        _terminal = terminal;
        Add(_file);
        Add(_json);
        SetAction(Run);
    }

    public override string Example => "guardrails policy check guardrails.json";

    public override IReadOnlyList<(int Code, string Meaning)> ExitCodes { get; } =
    [
        (ExitCode.Done, "the policy loads"),
        (ExitCode.Refused, "it is refused, and each error is named"),
        (ExitCode.Unusable, "wrong usage, or a file that can't be read"),
        (ExitCode.Cancelled, "cancelled"),
    ];

    private Task<int> Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        string path = parsed.GetValue(_file)!;
        bool asJson = parsed.GetValue(_json);
        try
        {
            GuardrailPolicy policy = PolicyFile.Load(path, cancellationToken);
            Print(asJson, path, policy, []);
            return Task.FromResult(ExitCode.Done);
        }
        catch (GuardrailPolicyException e)
        {
            Print(asJson, path, policy: null, e.Errors);
            return Task.FromResult(ExitCode.Refused);
        }
    }

    private void Print(bool asJson, string path, GuardrailPolicy? policy, IReadOnlyList<PolicyError> errors)
    {
        if (asJson)
        {
            JsonOutput.Write(_terminal.Out, json => WriteJson(json, path, policy, errors));
        }
        else if (policy is not null)
        {
            _terminal.Write("LOADS.", Tone.Good);
            _terminal.Write($"Policy: {Visible.Quoted(policy.Name)}");
            _terminal.Write($"Digest: {policy.Digest}");
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Tools:  {policy.Tools.Count}"));
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Agents: {policy.Agents.Count}"));
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Rules:  {policy.Rules.Count} ({Count(policy, PolicyRuleKind.Deny)} denies, {Count(policy, PolicyRuleKind.Grant)} grants, {Count(policy, PolicyRuleKind.Risk)} risks{Eligible(policy)})"));
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"Lints:  {policy.Lint().Count}"));
            foreach (PolicyLint lint in policy.Lint())
            {
                _terminal.Write($"  - {lint.Path}: {lint.Message} ({lint.Code})");
            }
        }
        else
        {
            _terminal.Write(string.Create(CultureInfo.InvariantCulture, $"REFUSED: {errors.Count} {(errors.Count == 1 ? "error" : "errors")} found."), Tone.Bad);
            foreach (PolicyError error in errors)
            {
                _terminal.Write($"  - {error}");
            }
        }
    }

    private static string Eligible(GuardrailPolicy policy) =>
        Count(policy, PolicyRuleKind.Eligible) is > 0 and var entries ? string.Create(CultureInfo.InvariantCulture, $", {entries} eligible") : "";

    private static int Count(GuardrailPolicy policy, PolicyRuleKind kind) => policy.Rules.Count(r => r.Kind == kind);

    private static void WriteJson(Utf8JsonWriter json, string path, GuardrailPolicy? policy, IReadOnlyList<PolicyError> errors)
    {
        json.WriteString("file", path);
        json.WriteBoolean("loads", policy is not null);
        json.WriteString("name", policy?.Name);
        json.WriteString("digest", policy?.Digest);
        WriteCount(json, "tools", policy?.Tools.Count);
        WriteCount(json, "agents", policy?.Agents.Count);
        WriteCount(json, "rules", policy?.Rules.Count);
        json.WriteStartArray("errors");
        foreach (PolicyError error in errors)
        {
            json.WriteStartObject();
            json.WriteString("path", error.Path);
            json.WriteString("message", error.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("lints");
        foreach (PolicyLint lint in policy?.Lint() ?? [])
        {
            json.WriteStartObject();
            json.WriteString("code", lint.Code);
            json.WriteString("path", lint.Path);
            json.WriteString("message", lint.Message);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static void WriteCount(Utf8JsonWriter json, string name, int? count)
    {
        json.WritePropertyName(name);
        if (count is { } known)
        {
            json.WriteNumberValue(known);
        }
        else
        {
            json.WriteNullValue();
        }
    }
}
