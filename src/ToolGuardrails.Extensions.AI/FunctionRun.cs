using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>One run of a function with the judged arguments, and with nothing else that the loop still holds.</summary>
internal sealed class FunctionRun(AIFunction function, IServiceProvider? services, IDictionary<object, object?>? context)
{
    /// <summary>What the function returned.</summary>
    public object? Value { get; private set; }

    /// <summary>The same as guards and the log see it.</summary>
    public ToolResult Stated { get; private set; }

    public async ValueTask<ToolResult> InvokeAsync(ToolArguments judged, CancellationToken cancellationToken)
    {
        var arguments = new AIFunctionArguments(Members(judged.ToJsonElement())) { Services = services, Context = context };
        Value = FunctionResult.Made(await function.InvokeAsync(arguments, cancellationToken));
        return Stated = FunctionResult.Read(Value, function.JsonSerializerOptions);
    }

    /// <summary>What passes: the very value, or what is left of it. Of an object it is the JSON that was read: written again, it could say something else.</summary>
    public object? Passing(ToolResult passed) =>
        passed.Kind == Stated.Kind && passed.Utf8.Equals(Stated.Utf8) && !(passed.Kind == ToolResultKind.Json && FunctionResult.IsWritten(Value)) ? Value
        : passed.Kind == ToolResultKind.Json ? JsonElement.Parse(passed.Utf8.Span)
        : System.Text.Encoding.UTF8.GetString(passed.Utf8.Span);

    /// <summary>The members of an object, as a loop hands them to functions.</summary>
    public static Dictionary<string, object?> Members(JsonElement json)
    {
        var members = new Dictionary<string, object?>(StringComparer.Ordinal);
        foreach (JsonProperty member in json.EnumerateObject())
        {
            members.Add(member.Name, member.Value.ValueKind == JsonValueKind.Null ? null : member.Value);
        }

        return members;
    }
}
