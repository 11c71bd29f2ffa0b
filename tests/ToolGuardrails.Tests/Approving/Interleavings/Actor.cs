namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>Somebody or something that acts beside others, and all that it has seen: given that, what it does next is determined.</summary>
internal sealed class Actor(string name, Func<Task> act)
{
    private readonly List<string> _seen = [];

    public string Name => name;

    public string Seen => string.Join(',', _seen);

    public Task Acting { get; private set; } = Task.CompletedTask;

    public void Begin() => Acting = act();

    public void Sees(string what) => _seen.Add(what);
}
