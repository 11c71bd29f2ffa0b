using ToolGuardrails;

namespace SupportDesk;

/// <summary>A second agent that the first one's session starts. It may do what its own grants allow and its parent may do too.</summary>
internal static class SubAgent
{
    private const string Prompt = "Give C-1001 something for the delay of order 7001.";

    public static async Task RunAsync(AgentSession parent, DeskTools tools, CallTable table)
    {
        await using AgentSession session = parent.StartChild("refund-clerk");
        var conversation = new Conversation(ScriptedModel.Load("refund-clerk.json"));
        await session.RecordPromptAsync(Prompt);
        foreach (ToolUse use in conversation.Start(Prompt))
        {
            ToolOutcome<string> outcome = await session.InvokeAsync(use.Name, use.Input, tools.Find(use.Name), use.Options);
            conversation.Return(use, outcome.ToModelText(), isError: !outcome.HasValue);
            table.Add(session, use, outcome);
        }

        await session.RecordOutputAsync(conversation.FinalText);
    }
}
