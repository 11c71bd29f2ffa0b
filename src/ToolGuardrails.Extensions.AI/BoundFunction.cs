using Microsoft.Extensions.AI;

namespace ToolGuardrails.Extensions.AI;

/// <summary>A function that was guarded without a session, also behind other wrappers, in the hands of somebody who has one: that one counts, whatever else flows. Law 8.</summary>
internal sealed class BoundFunction(AIFunction function, AgentSession session) : DelegatingAIFunction(function)
{
    public AgentSession Session => session;

    protected override async ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken)
    {
        using (AmbientSession.Use(session))
        {
            return await base.InvokeCoreAsync(arguments, cancellationToken);
        }
    }
}
