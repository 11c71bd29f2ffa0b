using System.Text.Json;

namespace ToolGuardrails.Policy;

/// <summary>Reads the condition of a standing approval, which a person has written beside the policy.</summary>
internal static class StandingCondition
{
    /// <summary>Reads it against the tool that it is for.</summary>
    /// <returns>The condition, null where it matches always; and what is wrong with it.</returns>
    public static (Condition? Condition, IReadOnlyList<PolicyError> Errors) Read(string where, PolicyModel model, ToolEntry tool)
    {
        JsonElement json;
        try
        {
            json = JsonElement.Parse(where, new JsonDocumentOptions { AllowDuplicateProperties = false });
        }
        catch (JsonException e)
        {
            return (null, [new PolicyError("$", $"The condition isn't JSON: {e.Message}")]);
        }

        var errors = new PolicyErrors(json);
        var catalog = new PolicyCatalog(errors) { Facts = model.Facts };
        catalog.Tools[tool.Info.Id] = tool;
        foreach ((string id, ServerEntry server) in model.Servers)
        {
            catalog.Servers[id] = server;
        }

        Condition? condition = new ConditionReader(errors, new ConditionScope(catalog, [tool])).Read(new PolicyNode(json, "$"));
        return (condition, errors.InOrder());
    }
}
