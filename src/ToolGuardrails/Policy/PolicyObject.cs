using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>An object of the policy whose member names have been checked. Each accessor gives null for what is absent and for what it has reported.</summary>
internal sealed class PolicyObject
{
    private readonly Dictionary<string, PolicyNode> _members;

    private PolicyObject(PolicyNode node, PolicyErrors errors, Dictionary<string, PolicyNode> members)
    {
        Node = node;
        Errors = errors;
        _members = members;
    }

    public PolicyNode Node { get; }

    public PolicyErrors Errors { get; }

    public PolicyNode? this[string name] => _members.TryGetValue(name, out PolicyNode node) ? node : null;

    /// <summary>Reads an object; null where it is something else, which is reported.</summary>
    public static PolicyObject? Read(PolicyNode node, PolicyErrors errors, string[] known)
    {
        if (Entries(node, errors, map: false) is not { } entries)
        {
            return null;
        }

        var members = new Dictionary<string, PolicyNode>(StringComparer.Ordinal);
        foreach ((string name, PolicyNode value) in entries)
        {
            if (known.Contains(name, StringComparer.Ordinal))
            {
                members.Add(name, value);
            }
            else
            {
                string otherwise = $"; remove it, or use one of {string.Join(", ", known.Select(PolicyErrors.Quote))}.";
                errors.Add(value, $"There is an unknown member {PolicyErrors.Quote(name)}{NearMiss.Hint(name, known, otherwise)}");
            }
        }

        return new PolicyObject(node, errors, members);
    }

    /// <summary>An object's names and values, each name once; null where the node isn't an object, which is reported.</summary>
    public static List<(string Name, PolicyNode Value)>? Entries(PolicyNode node, PolicyErrors errors, bool map)
    {
        if (node.Element.ValueKind != JsonValueKind.Object)
        {
            errors.AddKind(node, "an object");
            return null;
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        var entries = new List<(string, PolicyNode)>();
        foreach (JsonProperty member in node.Element.EnumerateObject())
        {
            PolicyNode value = map ? node.Key(member.Name, member.Value) : node.Member(member.Name, member.Value);
            if (seen.Add(member.Name))
            {
                entries.Add((member.Name, value));
            }
            else
            {
                errors.Add(value, $"The name {PolicyErrors.Quote(member.Name)} stands here twice; keep one of the two.");
            }
        }

        return entries;
    }

    /// <summary>A text that isn't blank.</summary>
    public string? Text(string name) => this[name] is { } node ? Text(node, Errors) : null;

    /// <summary>A text that isn't blank and has to be there.</summary>
    public string? RequiredText(string name, string missing)
    {
        if (this[name] is null)
        {
            Errors.Add(Node, missing);
        }

        return Text(name);
    }

    public bool? Flag(string name)
    {
        if (this[name] is not { } node)
        {
            return null;
        }

        if (node.Element.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return node.Element.GetBoolean();
        }

        Errors.AddKind(node, "true or false");
        return null;
    }

    /// <summary>A whole number from 1 on.</summary>
    public int? Count(string name)
    {
        if (this[name] is not { } node)
        {
            return null;
        }

        if (node.Element.ValueKind == JsonValueKind.Number && node.Element.TryGetInt32(out int count) && count >= 1)
        {
            return count;
        }

        Errors.Add(node, $"The member '{name}' must be a whole number from 1 to {int.MaxValue}.");
        return null;
    }

    /// <summary>A list of texts that aren't blank, without those that were reported.</summary>
    public List<(string Text, PolicyNode Node)>? Texts(string name)
    {
        if (this[name] is not { } node || Items(node, Errors) is not { } items)
        {
            return null;
        }

        var texts = new List<(string, PolicyNode)>();
        foreach (PolicyNode item in items)
        {
            if (Text(item, Errors) is { } text)
            {
                texts.Add((text, item));
            }
        }

        return texts;
    }

    /// <summary>The items of a list member; none where it is absent.</summary>
    public IEnumerable<PolicyNode> List(string name) => this[name] is { } node ? Items(node, Errors) ?? [] : [];

    public static string? Text(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind != JsonValueKind.String)
        {
            errors.AddKind(node, "a text");
            return null;
        }

        string text = node.Element.GetString()!;
        if (!string.IsNullOrWhiteSpace(text))
        {
            return text;
        }

        errors.Add(node, "This text is empty; fill it in or remove it.");
        return null;
    }

    private static IEnumerable<PolicyNode>? Items(PolicyNode node, PolicyErrors errors)
    {
        if (node.Element.ValueKind == JsonValueKind.Array)
        {
            return node.Items();
        }

        errors.AddKind(node, "a list");
        return null;
    }
}
