using ToolGuardrails;

namespace SupportDesk;

/// <summary>A second agent that the first one's session starts. It may do what its own grants allow and its parent may do too. Once it is refused something, its owner suspends it.</summary>
internal static class SubAgent
{
    private static readonly Principal Owner = new("https://id.example", "tom.becker");
    private static readonly Principal Lead = new("https://id.example", "maria.ortiz");

    private const string Prompt = "Give C-1001 something for the delay of order 7001.";

    public static async Task RunAsync(GuardrailPipeline pipeline, AgentSession parent, DeskTools tools, CallTable table, DeskCheck check)
    {
        Suspension? suspension = null;
        await using AgentSession session = parent.StartChild("refund-clerk");
        var conversation = new Conversation(ScriptedModel.Load("refund-clerk.json"));
        await session.RecordPromptAsync(Prompt);
        await foreach (ToolUse use in conversation.StartAsync(Prompt))
        {
            ToolOutcome<string> outcome = await session.InvokeAsync(use.Name, use.Input, tools.Find(use.Name), use.Options);
            conversation.Return(use, outcome.ToModelText(), isError: !outcome.HasValue);
            table.Add(session, use, outcome);
            if (!outcome.Decision.IsAllowed)
            {
                suspension ??= await pipeline.SuspendAsync(SuspensionTarget.Agent("refund-clerk"), Owner, "wanted to give a voucher", subject: session.Identity.Subject);
            }
        }

        await session.RecordOutputAsync(conversation.FinalText);
        check.Holds("whoever the clerk worked for can't lift its suspension", !await pipeline.LiftSuspensionAsync(suspension!.Id, session.Identity.Subject!, "please"));
        check.Holds("somebody else can", await pipeline.LiftSuspensionAsync(suspension.Id, Lead, "looked at its calls"));
    }
}
