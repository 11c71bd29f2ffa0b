namespace ToolGuardrails;

/// <summary>One counter that a call is charged to, and how far it goes.</summary>
/// <param name="Counter">The counter's name, such as <c>agent:support-agent</c> or <c>tool:db.write</c>; calls that were refused have counters of their own, with <c>refused:</c> before the name.</param>
/// <param name="Limit">How many calls fit into one window; at least 1.</param>
/// <param name="Window">How long a window lasts, from its first call on.</param>
public readonly record struct BudgetCharge(string Counter, int Limit, TimeSpan Window);
