namespace ToolGuardrails.Tests.Stores;

public enum ApprovalFault
{
    None,
    CutsTexts,
    CutsContent,
    RoundsTimes,
    TakesDuplicates,
    TakesSecondOpen,
    ClosedBlocks,
    OpensSecond,
    LatestIsLastChanged,
    ReplacesLater,
    ReplacesSame,
    ReplacesUnknown,
    NoTenantIsEmpty,
    LastApprovedIsLastAdded,
    ReadsFirst,
    ReadsNewestFirst,
    IgnoresFilter,
    IgnoresCancellation,
    RacesOnAdd,
    RacesOnReplace,
}
