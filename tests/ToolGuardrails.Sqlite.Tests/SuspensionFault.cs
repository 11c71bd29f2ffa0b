namespace ToolGuardrails.Tests.Stores;

public enum SuspensionFault
{
    None,
    ForgetsSubject,
    CutsReason,
    KeepsVersionOnLift,
    ChangesVersionAlways,
    TakesDuplicates,
    LiftsTwice,
    LetsAgentsLift,
    LetsSubjectLift,
    ForgetsLifted,
    IgnoresCancellation,
    Races,
}
