using ToolGuardrails.Intake;

namespace ToolGuardrails.Policy;

/// <summary>What a condition may look at in one call: the judged arguments, by the place of their declaration, and the session.</summary>
internal readonly ref struct ConditionInput(ArgumentSnapshot arguments, ReadOnlySpan<int> positions, SessionIdentity session)
{
    private readonly ReadOnlySpan<int> _positions = positions;

    public ArgumentSnapshot Arguments { get; } = arguments;

    public SessionIdentity Session { get; } = session;

    /// <summary>The member that fills a declared argument; false where it is absent.</summary>
    public bool TryGet(int declared, out ArgumentMember member)
    {
        int position = _positions[declared];
        member = position < 0 ? default : Arguments.Members[position];
        return position >= 0;
    }
}
