namespace ToolGuardrails.Testing.Contracts;

/// <summary>One check of a contract. It throws <see cref="BrokenContractException"/> where the subject doesn't keep it.</summary>
internal sealed record ContractCheck<TSubject>(string Name, Func<TSubject, Task> RunAsync)
{
    /// <summary>Whether the check can be made with what the author gave; a whole sentence where it can't.</summary>
    public Func<TSubject, string?> Lacks { get; init; } = static _ => null;
}

/// <summary>Named checks that a guard or a sink of somebody else's has to pass.</summary>
internal sealed class Contract<TSubject>(string name, IReadOnlyList<ContractCheck<TSubject>> checks)
    where TSubject : IAsyncDisposable
{
    public IReadOnlyList<string> Names { get; } = [.. checks.Select(static c => c.Name)];

    /// <summary>Runs all checks that can be made, and reports all that failed.</summary>
    public async Task VerifyAsync(Func<TSubject> create)
    {
        var broken = new List<string>();
        string subjectName = "";
        foreach (ContractCheck<TSubject> check in checks)
        {
            TSubject subject = create();
            subjectName = $"{subject}";
            await using (subject.ConfigureAwait(false))
            {
                if (check.Lacks(subject) is null && await FindAsync(check, subject).ConfigureAwait(false) is { } found)
                {
                    broken.Add($"- {check.Name}: {found}");
                }
            }
        }

        if (broken.Count > 0)
        {
            throw new GuardrailAssertionException($"{subjectName} breaks {broken.Count} of the {checks.Count} checks of {name}.\n{string.Join('\n', broken)}");
        }
    }

    /// <summary>Runs one check.</summary>
    public async Task CheckAsync(string checkName, Func<TSubject> create)
    {
        ContractCheck<TSubject> check = checks.FirstOrDefault(c => c.Name == checkName)
            ?? throw new ArgumentException($"There is no check '{checkName}'; {name}.Checks has their names.", nameof(checkName));
        TSubject subject = create();
        await using (subject.ConfigureAwait(false))
        {
            string? found = check.Lacks(subject) is { } lacks
                ? throw new ArgumentException($"The check '{checkName}' can't be made: {lacks}", nameof(checkName))
                : await FindAsync(check, subject).ConfigureAwait(false);
            if (found is not null)
            {
                throw new GuardrailAssertionException($"{subject} doesn't keep {name}: {check.Name}. {found}");
            }
        }
    }

    private static async Task<string?> FindAsync(ContractCheck<TSubject> check, TSubject subject)
    {
        try
        {
            await check.RunAsync(subject).ConfigureAwait(false);
            return null;
        }
        catch (BrokenContractException e)
        {
            return e.Message;
        }
    }
}
