namespace ToolGuardrails.Policy;

/// <summary>A condition resolved for one agent and one tool: facts that can't change any more are folded in.</summary>
internal abstract class CompiledCondition
{
    public abstract Truth Evaluate(in ConditionInput input);
}

/// <summary>What is known without looking at the call.</summary>
internal sealed class ConstantCondition(Truth truth) : CompiledCondition
{
    public static readonly ConstantCondition Always = new(Truth.True);

    public Truth Truth { get; } = truth;

    public override Truth Evaluate(in ConditionInput input) => Truth;
}

/// <summary>And: as true as its least true part.</summary>
internal sealed class CompiledAll(CompiledCondition[] parts) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input)
    {
        Truth least = Truth.True;
        foreach (CompiledCondition part in parts)
        {
            Truth truth = part.Evaluate(input);
            if (truth < least)
            {
                least = truth;
            }

            if (least == Truth.False)
            {
                break;
            }
        }

        return least;
    }
}

/// <summary>Or: as true as its truest part.</summary>
internal sealed class CompiledAny(CompiledCondition[] parts) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input)
    {
        Truth most = Truth.False;
        foreach (CompiledCondition part in parts)
        {
            Truth truth = part.Evaluate(input);
            if (truth > most)
            {
                most = truth;
            }

            if (most == Truth.True)
            {
                break;
            }
        }

        return most;
    }
}

/// <summary>Not: unknown stays unknown.</summary>
internal sealed class CompiledNot(CompiledCondition part) : CompiledCondition
{
    public override Truth Evaluate(in ConditionInput input) => (Truth)(Truth.True - part.Evaluate(input));
}
