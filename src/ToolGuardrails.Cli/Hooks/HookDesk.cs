using System.Text.Json;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>Answers events with an open pipeline, and records them. Whatever it throws, its caller turns into a denial.</summary>
internal sealed class HookDesk(GuardrailPipeline pipeline, GuardrailPolicy policy, CallFolder calls, HookOptions options, PromptApprover? prompt)
{
    private static readonly string[] Attended = ["default", "acceptEdits", "plan"];
    private readonly Principal _subject = OperatingSystemUser.Principal;

    public async Task<HookAnswer> AnswerAsync(HookEvent told, CancellationToken cancellationToken) => told.Name switch
    {
        HookEvent.PreToolUse => await AuthorizeAsync(told, cancellationToken).ConfigureAwait(false),
        HookEvent.PostToolUse or HookEvent.PostToolUseFailure => await CompleteAsync(told, cancellationToken).ConfigureAwait(false),
        HookEvent.PermissionRequest => Confirm(told),
        HookEvent.UserPromptSubmit => await RecordPromptAsync(told, cancellationToken).ConfigureAwait(false),
        _ => await RecordEndAsync(told, cancellationToken).ConfigureAwait(false),
    };

    private async Task<HookAnswer> AuthorizeAsync(HookEvent told, CancellationToken cancellationToken)
    {
        PromptApprover.Question? question = Attended.Contains(told.PermissionMode, StringComparer.Ordinal) ? prompt?.Begin() : null;
        await using AgentSession root = Start(told);
        AgentSession session = Of(root, told);
        ToolAuthorization authorization = await session.AuthorizeAsync(HookTools.IdOf(policy, told, options.Sources), session.ReadArguments(told.Input), told.ToolUse, cancellationToken).ConfigureAwait(false);
        if (!authorization.Decision.IsAllowed)
        {
            return authorization.PendingApproval is { } request ? Pending(told, request) : Denied(told, authorization);
        }

        // One that is asked about again was never run: of two outcomes only the last can be told.
        await EndAsync(calls.Take(options.Agent, told)).ConfigureAwait(false);
        bool isAsked = question is { IsAsked: true };
        calls.Keep(options.Agent, told, new KeptCall(authorization.Token!, CallFolder.Print(told), isAsked));
        return isAsked ? HookAnswer.Hand("ask", $"The policy wants a person's yes to this call of '{told.Tool}'.")
            : options.Permits ? HookAnswer.Permit(told.Name)
            : HookAnswer.Silent;
    }

    private HookAnswer Pending(HookEvent told, ApprovalRequest request)
    {
        string reason = $"The call of '{told.Tool}' waits for a person's approval (request {request.Id}). It has not run. Once it is approved, make exactly the same call again.";
        HookAnswer answer = options.Approval == ApprovalWay.Defer ? HookAnswer.Hand("defer", reason)
            : HookAnswer.Deny(told.Name, options.Store is null ? $"{reason} The hook has no --store, so nobody can approve it." : reason, told);
        return answer with { Request = request.Id };
    }

    private static HookAnswer Denied(HookEvent told, ToolAuthorization authorization) =>
        HookAnswer.Deny(told.Name, authorization.ToModelText(), told, ends: authorization.Decision.Code is DecisionCodes.SuspensionAll or DecisionCodes.SuspensionAgent or DecisionCodes.SuspensionTenant);

    private async Task<HookAnswer> CompleteAsync(HookEvent told, CancellationToken cancellationToken)
    {
        if (calls.Take(options.Agent, told) is not { } call)
        {
            return HookAnswer.Deny(told.Name, $"The call of '{told.Tool}' has run, and this hook has not allowed it: it was not asked, or its answer was not heeded. Tell the person; 'guardrails doctor' looks for the cause.", told);
        }

        if (told.Name == HookEvent.PostToolUseFailure)
        {
            // What the tool says of its failure may be anything, and the log keeps it.
            await pipeline.CompleteAsync(call.Token, ToolResult.Failed(told.IsInterrupt ? "interrupted" : "failed"), cancellationToken: CancellationToken.None).ConfigureAwait(false);
            return HookAnswer.Silent;
        }

        ToolResult result = told.Response.ValueKind == JsonValueKind.Undefined ? ToolResult.None : ToolResult.FromJson(told.Response);
        ToolCompletion completion;
        try
        {
            completion = await pipeline.CompleteAsync(call.Token, result, ToolArguments.FromJson(told.Input), cancellationToken).ConfigureAwait(false);
        }
        catch (ArgumentException)
        {
            // Another hook has changed the input behind this one's back.
            await pipeline.CompleteAsync(call.Token, ToolResult.Failed("arguments.changed"), cancellationToken: CancellationToken.None).ConfigureAwait(false);
            return HookAnswer.Deny(told.Name, $"The call of '{told.Tool}' has run with other arguments than those that were allowed. Tell the person; another hook may change them.", told);
        }

        return !completion.MayPass ? HookAnswer.Replace(told, JsonElement.Parse($"\"The result is withheld ({completion.Withheld!.Code}).\""))
            : completion.Dropped > 0 ? HookAnswer.Replace(told, JsonElement.Parse(completion.Result.Utf8.Span))
            : HookAnswer.Silent;
    }

    // Claude Code asks its user about a call that it doesn't name. It is one that was allowed, or it isn't answered with yes.
    private HookAnswer Confirm(HookEvent told) => calls.Find(options.Agent, told) switch
    {
        null => HookAnswer.Deny(told.Name, $"This hook has not allowed this call of '{told.Tool}'.", told),
        { IsAsked: false } when options.Permits => HookAnswer.Permit(told.Name),
        _ => HookAnswer.Silent,
    };

    private async Task<HookAnswer> RecordPromptAsync(HookEvent told, CancellationToken cancellationToken)
    {
        await using AgentSession session = Start(told);
        await session.RecordPromptAsync(told.Text!, cancellationToken).ConfigureAwait(false);
        calls.KeepPrompt(options.Agent, told.Session);
        return HookAnswer.Silent;
    }

    private async Task<HookAnswer> RecordEndAsync(HookEvent told, CancellationToken cancellationToken)
    {
        foreach (KeptCall left in calls.TakeLeft(options.Agent, told))
        {
            await EndAsync(left).ConfigureAwait(false);
        }

        if (told.Text is { } output)
        {
            await using AgentSession session = Start(told);
            await session.RecordOutputAsync(output, cancellationToken).ConfigureAwait(false);
        }

        return HookAnswer.Silent;
    }

    // Nobody has told what came of it: it may have run, or a prompt of Claude Code's was answered with no.
    private async Task EndAsync(KeptCall? left)
    {
        if (left is not null)
        {
            await pipeline.CompleteAsync(left.Token, default, cancellationToken: CancellationToken.None).ConfigureAwait(false);
        }
    }

    private AgentSession Start(HookEvent told)
    {
        AgentSession session = pipeline.StartSession(options.Agent, _subject, sessionId: told.Session);
        Assume(session, told);
        return session;
    }

    // A sub-agent works for the prompt of the session, with at most the reach of its agent.
    private AgentSession Of(AgentSession root, HookEvent told)
    {
        if (told.SubAgent is null)
        {
            return root;
        }

        AgentSession child = root.StartChild(options.Agent, told.SubAgent);
        Assume(child, told);
        return child;
    }

    private void Assume(AgentSession session, HookEvent told)
    {
        if (calls.HasPrompt(options.Agent, told.Session))
        {
            session.AssumePrompt();
        }
    }
}
