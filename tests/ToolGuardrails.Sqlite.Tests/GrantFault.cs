namespace ToolGuardrails.Tests.Stores;

public enum GrantFault
{
    None,
    CutsContent,
    BelievesUses,
    TakesDuplicates,
    KeepsVersionOnReplace,
    ChangesVersionOnUse,
    ReadsEnded,
    ReadsNewestFirst,
    ReplacesLater,
    ReplacesSame,
    OneTooMany,
    LosesUses,
    UsesEnded,
    BringsBack,
    EndsLate,
    IgnoresCancellation,
    RacesOnReplace,
    RacesOnUse,
    RacesOnEnd,
}
