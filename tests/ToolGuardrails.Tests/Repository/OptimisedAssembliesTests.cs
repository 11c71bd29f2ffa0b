using System.Diagnostics;
using System.Reflection;

namespace ToolGuardrails.Tests.RepositoryRules;

public sealed class OptimisedAssembliesTests
{
    [Fact]
    public void The_library_under_test_is_optimised() => AssertOptimised(typeof(Verdict).Assembly);

    [Fact]
    public void The_tests_are_optimised() => AssertOptimised(typeof(OptimisedAssembliesTests).Assembly);

    [Fact]
    public void An_assembly_without_the_attribute_counts_as_optimised_and_a_debug_one_does_not()
    {
        Assert.False(IsUnoptimised(attribute: null));
        Assert.False(IsUnoptimised(new DebuggableAttribute(DebuggableAttribute.DebuggingModes.IgnoreSymbolStoreSequencePoints)));
        Assert.True(IsUnoptimised(new DebuggableAttribute(DebuggableAttribute.DebuggingModes.Default | DebuggableAttribute.DebuggingModes.DisableOptimizations)));
    }

    private static bool IsUnoptimised(DebuggableAttribute? attribute) => attribute is { IsJITOptimizerDisabled: true };

    private static void AssertOptimised(Assembly assembly)
    {
        if (IsUnoptimised(assembly.GetCustomAttribute<DebuggableAttribute>()))
        {
            Assert.Fail($"{assembly.GetName().Name} was built without optimisation, so the allocation tests mean nothing. Run the tests with 'dotnet test -c Release'.");
        }
    }
}
