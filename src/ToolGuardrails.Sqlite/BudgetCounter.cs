namespace ToolGuardrails;

/// <summary>One counter of a store, as it was charged last.</summary>
/// <param name="Counter">Its name, such as <c>agent:support-agent</c>.</param>
/// <param name="Calls">How many calls its last window has.</param>
/// <param name="Limit">How many fit into one, as of the last charge.</param>
/// <param name="Began">When the last window began, in UTC.</param>
/// <param name="Window">How long one lasts, as of the last charge. The window may be over: then the next call begins a new one.</param>
public sealed record BudgetCounter(string Counter, int Calls, int Limit, DateTimeOffset Began, TimeSpan Window);
