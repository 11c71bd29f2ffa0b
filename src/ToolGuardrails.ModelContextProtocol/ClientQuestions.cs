using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>Confirmation in the client, through the protocol's own way to ask its user. The client isn't trusted with more than that user's review: it could answer by itself.</summary>
/// <remarks>Law 7: what comes back is a random text that stands for one question that was put, once, and a yes or no. What runs comes out of the store.</remarks>
internal sealed class ClientQuestions(bool isOn)
{
    private const int MostOpen = 1024;
    private const string Prefix = "toolguardrails.";
    private const string Key = Prefix + "approval";
    private const string Approve = "approve";

    private readonly Lock _lock = new();
    private readonly OrderedDictionary<string, Question> _open = new(StringComparer.Ordinal);

    /// <summary>Whether answers or the state that came with a request are to one of our questions, or say so.</summary>
    public static bool IsOurs(RequestParams asked) =>
        asked.RequestState?.StartsWith(Prefix, StringComparison.Ordinal) == true || asked.InputResponses?.ContainsKey(Key) == true;

    /// <summary>Whether the client can be asked, and its user's answer can be enough.</summary>
    public bool CanAsk(McpServer server, ApprovalRequest request) =>
        isOn && server.IsMrtrSupported && server.ClientCapabilities?.Elicitation is { } ability && (ability.Form is not null || ability.Url is null)
        && request is { Gate: ApprovalGate.Review, Tier: not RiskTier.High, NeedsComment: false, Quorum: 1, Session.Subject: not null }
        && request.Approvers.Contains("subject", StringComparer.Ordinal);

    /// <summary>The question, for the SDK to send.</summary>
    public InputRequiredException Ask(AgentSession session, ApprovalRequest request)
    {
        string state = Prefix + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        lock (_lock)
        {
            _open.Add(state, new Question(request.Id, session.Identity));
            if (_open.Count > MostOpen)
            {
                _open.RemoveAt(0);
            }
        }

        var form = new ElicitRequestParams.RequestSchema { Required = [Approve] };
        form.Properties[Approve] = new ElicitRequestParams.BooleanSchema { Title = "Approve this call", Default = false };
        var question = new ElicitRequestParams { Message = request.ToText(), RequestedSchema = form };
        return new InputRequiredException(new Dictionary<string, InputRequest> { [Key] = InputRequest.ForElicitation(question) }, state);
    }

    /// <summary>Takes an answer, where a request brings one.</summary>
    public async ValueTask<ClientAnswer> AnswerAsync(AgentSession session, ToolBinding binding, RequestContext<CallToolRequestParams> request, ToolArguments proposed, CancellationToken cancellationToken)
    {
        if (!IsOurs(request.Params))
        {
            return default;
        }

        if (Take(request.Params.RequestState, session) is not { } question)
        {
            await session.RecordRefusedAnswerAsync("unknown", ServerCodes.UnknownState, cancellationToken: cancellationToken);
            return default;
        }

        ApprovalInbox inbox = session.Pipeline.Approvals;
        if ((await inbox.FindAsync(question.Request, cancellationToken))?.Request is not { } asked || asked.Tool.Id != binding.Tool || proposed.Refusal is not null
            || !JsonElement.DeepEquals(JsonElement.Parse(asked.Arguments.Span), JsonElement.Parse(proposed.ToCanonicalJson())))
        {
            await session.RecordRefusedAnswerAsync(question.Request, ServerCodes.OtherCall, cancellationToken: cancellationToken);
            return default;
        }

        if (Read(request.Params) is not { } response)
        {
            return new ClientAnswer(WasGiven: true, Decided: null);
        }

        ApprovalResult? result = await inbox.DecideAsync(question.Request, response, cancellationToken);
        return new ClientAnswer(WasGiven: true, result is { IsAccepted: true } ? question.Request : null);
    }

    // Only an explicit yes is one. Who closes the question has said nothing.
    private static ApprovalResponse? Read(CallToolRequestParams asked)
    {
        ElicitResult? answer = asked.InputResponses?.TryGetValue(Key, out InputResponse? given) == true ? Parsed(given) : null;
        return answer?.Action switch
        {
            "accept" => answer.Content?.TryGetValue(Approve, out JsonElement approved) == true && approved.ValueKind == JsonValueKind.True
                ? ApprovalResponse.ApproveUnproven()
                : ApprovalResponse.Reject(),
            "decline" => ApprovalResponse.Reject(),
            _ => null,
        };
    }

    private static ElicitResult? Parsed(InputResponse given)
    {
        try
        {
            return given.Deserialize(InputResponse.ElicitResultJsonTypeInfo);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or NotSupportedException)
        {
            return null;
        }
    }

    private Question? Take(string? state, AgentSession session)
    {
        lock (_lock)
        {
            return state is not null && _open.TryGetValue(state, out Question? question) && question.IsOf(session.Identity) && _open.Remove(state) ? question : null;
        }
    }

    private sealed record Question(string Request, SessionIdentity Session)
    {
        public bool IsOf(SessionIdentity other) =>
            Session.Id == other.Id && Session.Agent == other.Agent && Session.Subject == other.Subject && Session.Tenant == other.Tenant;
    }
}
