using ToolGuardrails.Testing.Contracts;
using ToolGuardrails.Testing.Guards;

namespace ToolGuardrails;

/// <summary>What every guard has to keep, as named checks (docs/custom-guards.md). The guard is asked by a real pipeline, about the calls that its author names and about odd ones.</summary>
/// <remarks>
/// Run all at once with <see cref="VerifyAsync"/>, or one test for each name of <see cref="Checks"/> with <see cref="CheckAsync"/>.
/// A check that finds nothing isn't a proof: how a guard judges is for its own tests to say.
/// </remarks>
public static class ToolGuardContract
{
    private static readonly Contract<GuardSubject> Contract = new(nameof(ToolGuardContract), GuardChecks.All);

    /// <summary>The names of the checks, in the order in which they run.</summary>
    public static IReadOnlyList<string> Checks => Contract.Names;

    /// <summary>Runs all checks, each on a guard of its own.</summary>
    /// <param name="create">Makes the guard. One that is disposable is disposed.</param>
    /// <param name="options">Which calls the guard is about; null for odd calls only.</param>
    /// <exception cref="GuardrailAssertionException">A check found something; the message names each that did, and what.</exception>
    public static Task VerifyAsync(Func<IToolGuard> create, ToolGuardContractOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Contract.VerifyAsync(() => new GuardSubject(create(), options ?? new()));
    }

    /// <summary>Runs one check.</summary>
    /// <param name="check">Its name, out of <see cref="Checks"/>.</param>
    /// <param name="create">Makes the guard. One that is disposable is disposed.</param>
    /// <param name="options">Which calls the guard is about; null for odd calls only.</param>
    /// <exception cref="GuardrailAssertionException">The check found something.</exception>
    /// <exception cref="ArgumentException">There is no check of that name.</exception>
    public static Task CheckAsync(string check, Func<IToolGuard> create, ToolGuardContractOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Contract.CheckAsync(check, () => new GuardSubject(create(), options ?? new()));
    }
}
