using System.Text.Json;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Denies a call whose paths lead out of the host's folders, links resolved: the part of a path's check that a policy can't make, because <c>within</c> looks at the text only.</summary>
/// <remarks>
/// It looks before the tool does. Whoever can make links in these folders at that very moment can change one in between; a tool of one's own opens through <see cref="FolderBoundary.Open"/>, which leaves no such moment.
/// It asks the file system on the caller's thread, with the rights of this process.
/// </remarks>
public sealed class PathGuard : IToolGuard
{
    private readonly ToolPattern _tools;
    private readonly string[] _arguments;
    private readonly FolderBoundary _boundary;

    /// <summary>Makes the guard; a host adds it with <c>AddGuard</c>.</summary>
    /// <param name="tools">A tool's id, or the beginning of ids with a trailing <c>*</c>. Other tools aren't looked at.</param>
    /// <param name="arguments">The arguments that hold a path or a list of paths. A call has to have at least one of them; null counts as absent.</param>
    /// <param name="boundary">The folders.</param>
    /// <exception cref="ArgumentException">There is no tool, or no argument.</exception>
    public PathGuard(string tools, IEnumerable<string> arguments, FolderBoundary boundary)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(tools);
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentNullException.ThrowIfNull(boundary);
        _tools = new ToolPattern(tools);
        _arguments = [.. arguments];
        _boundary = boundary;
        if (_arguments.Length == 0)
        {
            throw new ArgumentException("A path guard without an argument has nothing to look at. Name the arguments that hold paths.", nameof(arguments));
        }
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> EvaluateAsync(ToolCall call, CancellationToken cancellationToken) =>
        new(_tools.Matches(call.Tool.Id) ? Judge(call.Arguments.ToJsonElement()) : Verdict.Allow);

    private Verdict Judge(JsonElement arguments)
    {
        bool isSeen = false;
        foreach (string name in _arguments)
        {
            if (arguments.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null)
            {
                isSeen = true;
                if (!(value.ValueKind == JsonValueKind.Array ? value.EnumerateArray().All(IsBelow) : IsBelow(value)))
                {
                    return Verdict.Deny(Reasons.PathOutside);
                }
            }
        }

        return isSeen ? Verdict.Allow : Verdict.Deny(Reasons.PathMissing);
    }

    private bool IsBelow(JsonElement value) => value.ValueKind == JsonValueKind.String && _boundary.Contains(value.GetString()!);
}
