using ToolGuardrails.Testing.Contracts;
using ToolGuardrails.Testing.Stores;

namespace ToolGuardrails;

/// <summary>What every store of approval requests has to keep, as named checks (docs/stores.md).</summary>
/// <remarks>
/// Run all at once with <see cref="VerifyAsync"/>, or one test for each name of <see cref="Checks"/> with <see cref="CheckAsync"/>.
/// Whether requests survive a restart or a power cut, and whether other processes see them, no check in this process can tell.
/// </remarks>
public static class ApprovalStoreContract
{
    private static readonly Contract<ApprovalSubject> Contract = new(nameof(ApprovalStoreContract), ApprovalChecks.All);

    /// <summary>The names of the checks, in the order in which they run.</summary>
    public static IReadOnlyList<string> Checks => Contract.Names;

    /// <summary>Runs all checks, each on a store of its own.</summary>
    /// <param name="create">Makes a store with nothing in it. One that is disposable is disposed.</param>
    /// <exception cref="GuardrailAssertionException">A check found something; the message names each that did, and what.</exception>
    public static Task VerifyAsync(Func<IApprovalStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Contract.VerifyAsync(() => new ApprovalSubject(create()));
    }

    /// <summary>Runs one check.</summary>
    /// <param name="check">Its name, out of <see cref="Checks"/>.</param>
    /// <param name="create">Makes a store with nothing in it. One that is disposable is disposed.</param>
    /// <exception cref="GuardrailAssertionException">The check found something.</exception>
    /// <exception cref="ArgumentException">There is no check of that name.</exception>
    public static Task CheckAsync(string check, Func<IApprovalStore> create)
    {
        ArgumentNullException.ThrowIfNull(create);
        return Contract.CheckAsync(check, () => new ApprovalSubject(create()));
    }
}
