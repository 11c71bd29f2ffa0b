using System.Text.Json.Nodes;
using ToolGuardrails.Policy;

namespace ToolGuardrails;

/// <summary>Says more about a grant or an eligible entry (docs/policy.md). Without an access it is for reading only.</summary>
public sealed class PolicyGrantBuilder
{
    private readonly PolicyDraft _draft;

    internal PolicyGrantBuilder(string id, string tools)
    {
        _draft = new PolicyDraft($"the grant '{VisibleText.Escape(id)}'");
        _draft.Set("id", id);
        _draft.Set("tools", tools);
    }

    internal JsonObject Json => _draft.Json;

    /// <summary>It is for reading. Several accesses add up; every access of a tool has to be listed.</summary>
    public PolicyGrantBuilder Reads() => Access(ToolAccess.Read);

    /// <summary>It is for writing; that doesn't imply reading.</summary>
    public PolicyGrantBuilder Writes() => Access(ToolAccess.Write);

    /// <summary>It is for deleting.</summary>
    public PolicyGrantBuilder Deletes() => Access(ToolAccess.Delete);

    /// <summary>It is for executing.</summary>
    public PolicyGrantBuilder Executes() => Access(ToolAccess.Execute);

    /// <summary>It is for sending.</summary>
    public PolicyGrantBuilder Sends() => Access(ToolAccess.Send);

    /// <summary>It is for all of these.</summary>
    /// <param name="access">The accesses; they are added to those given before.</param>
    public PolicyGrantBuilder Access(ToolAccess access)
    {
        _draft.AppendAccess(access);
        return this;
    }

    /// <summary>Which calls pass. What can't be decided doesn't.</summary>
    /// <param name="where">The condition.</param>
    public PolicyGrantBuilder Where(Action<PolicyConditionBuilder> where)
    {
        _draft.Set("where", PolicyConditionBuilder.Write(where));
        return this;
    }

    /// <summary>Which fields of the result pass; none at all where the list is empty. Without this the whole result passes.</summary>
    /// <param name="fields">Names with dots between them, such as <c>customer.name</c>.</param>
    public PolicyGrantBuilder Fields(params string[] fields)
    {
        _draft.AppendTexts("fields", fields);
        return this;
    }

    /// <summary>Which credential the tool gets while it runs; a grant only.</summary>
    /// <param name="name">The name that the host's credential broker knows it by, formed like a tool's id.</param>
    public PolicyGrantBuilder Credential(string name)
    {
        _draft.Set("credential", name);
        return this;
    }

    /// <summary>For how long an eligible entry is given at most; it has to say so.</summary>
    /// <param name="time">The time, in whole seconds; at most a day.</param>
    public PolicyGrantBuilder For(TimeSpan time)
    {
        _draft.SetSpan("for", time);
        return this;
    }

    /// <summary>For how many calls an eligible entry is given at most; it has to say so.</summary>
    /// <param name="uses">How many, from 1.</param>
    public PolicyGrantBuilder Uses(int uses)
    {
        _draft.Set("uses", uses);
        return this;
    }

    /// <summary>Who may give an eligible entry. Without this, whoever may approve at the highest tier that it reaches, and at least at medium.</summary>
    /// <param name="approvers"><c>role:NAME</c> or <c>user:ISSUER|SUBJECT</c>, and <c>subject</c> where that tier asks for a review.</param>
    public PolicyGrantBuilder Approvers(params string[] approvers)
    {
        _draft.AppendTexts("approvers", approvers);
        return this;
    }
}
