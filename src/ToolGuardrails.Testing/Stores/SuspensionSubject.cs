using ToolGuardrails.Testing.Contracts;

namespace ToolGuardrails.Testing.Stores;

/// <summary>A store of suspensions under test, and short words for what the checks do with it.</summary>
internal sealed class SuspensionSubject(ISuspensionStore store) : IAsyncDisposable
{
    public static readonly Principal Ada = new("https://id.example", "ada");
    public static readonly Principal Dana = new("https://id.example", "dana");
    public static readonly DateTimeOffset Now = new(new DateTime(2026, 1, 5, 9, 0, 0, DateTimeKind.Utc).AddTicks(1_234_567));

    public ISuspensionStore Store { get; } = store ?? throw new ArgumentException("The factory made no store.", nameof(store));

    public static Suspension Some(Principal? subject = null) => Suspension.Create(SuspensionTarget.Agent("support-agent"), Dana, "It repeats itself.", Now, subject);

    public async Task<Suspension> AddAsync(Suspension suspension)
    {
        try
        {
            await Store.AddAsync(suspension, CancellationToken.None).ConfigureAwait(false);
            return suspension;
        }
        catch (Exception e)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} when '{suspension}' is added: {e.Message}");
        }
    }

    public async Task<bool> LiftAsync(string id, Principal by, string reason = "It is repaired.", DateTimeOffset? at = null)
    {
        try
        {
            return await Store.TryLiftAsync(id, new SuspensionLift(by, reason, at ?? Now.AddMinutes(1)), CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            throw new BrokenContractException($"It throws {e.GetType().Name} when '{by}' lifts a suspension: {e.Message}");
        }
    }

    /// <summary>What the store has of this id.</summary>
    public Suspension Kept(string id)
    {
        Suspension[] kept = [.. Store.Read().Where(s => s.Id == id)];
        return kept.Length == 1 ? kept[0] : throw new BrokenContractException($"It has {kept.Length} suspensions of an id that was added once.");
    }

    /// <summary>Every member has to be what it was, to the tick and to the letter.</summary>
    public void CompareWith(Suspension given)
    {
        Suspension kept = Kept(given.Id);
        ReadBack.Compare("a suspension", "Target", given.Target, kept.Target);
        ReadBack.Compare("a suspension", "By", given.By, kept.By);
        ReadBack.Compare("a suspension", "Reason", given.Reason, kept.Reason);
        ReadBack.Compare("a suspension", "Since", given.Since, kept.Since);
        ReadBack.Compare("a suspension", "Subject", given.Subject, kept.Subject);
        ReadBack.Compare("a suspension", "Lifted", given.Lifted, kept.Lifted);
    }

    public ValueTask DisposeAsync() => Disposal.DisposeAsync(Store);

    /// <summary>The store's type.</summary>
    public override string ToString() => Store.GetType().Name;
}
