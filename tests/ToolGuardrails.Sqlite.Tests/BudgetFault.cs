namespace ToolGuardrails.Tests.Stores;

public enum BudgetFault
{
    None,
    OneTooMany,
    ChargesSome,
    IgnoresCase,
    AskingTakes,
    FixedWindows,
    SlidesWindow,
    NeverAnew,
    Races,
    AnewOnSetBack,
    WaitsForClock,
}
