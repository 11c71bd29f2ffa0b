namespace ToolGuardrails.Tests.Allocation;

/// <summary>Tests that count bytes run with nothing beside them.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AllocationCollection
{
    public const string Name = "Allocation";
}
