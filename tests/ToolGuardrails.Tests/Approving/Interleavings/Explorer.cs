using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace ToolGuardrails.Tests.Approving.Interleavings;

/// <summary>Runs a play in every order that its actors' steps can have.</summary>
/// <remarks>
/// Depth first, each run from the start on a fresh pipeline. There is no bound on length, switches or runs.
/// What all actors have seen and what the stores hold determines everything that follows; so where a run comes to a state that has been seen, what can follow isn't run again.
/// </remarks>
internal sealed class Explorer(Func<Play> start, bool merges = true)
{
    private const int MostProblems = 100;

    private readonly Stack<int[]> _open = new([[]]);
    private readonly Dictionary<UInt128, UInt128[]> _next = [];
    private readonly Dictionary<UInt128, BigInteger> _orders = [];
    private UInt128 _first;

    public int Runs { get; private set; }

    public int States => _next.Count;

    /// <summary>How many orders of steps the runs stand for.</summary>
    public BigInteger Orders => OrdersFrom(_first);

    /// <summary>The ends that there are, by what the callers and the store say.</summary>
    public SortedSet<string> Ends { get; } = new(StringComparer.Ordinal);

    /// <summary>What mustn't be, with the steps that lead there.</summary>
    public List<string> Problems { get; } = [];

    public async Task ExploreAsync()
    {
        while (Problems.Count < MostProblems && _open.TryPop(out int[]? path))
        {
            // Away from the test framework's context: a step goes on where it was let.
            await Task.Run(() => RunAsync(path));
        }
    }

    private async Task RunAsync(int[] given)
    {
        await using Play play = start();
        await play.PrepareAsync();
        List<int> path = [];
        List<string> steps = [];
        UInt128 before = default;
        bool isKnown = false;
        play.Schedule.Run(pending =>
        {
            UInt128 state = Print(play.State);
            Follow(before, path, state);
            int choice = path.Count < given.Length ? given[path.Count] : 0;
            if (path.Count >= given.Length && !isKnown)
            {
                isKnown = Come(state, pending.Count, path);
            }

            before = state;
            path.Add(choice);
            steps.Add(pending[choice].ToString());
            return choice;
        });
        Follow(before, path, Print(play.State));
        Runs++;
        (string end, IReadOnlyList<string> problems) = await play.EndAsync();
        Ends.Add(end);
        Problems.AddRange(problems.Select(p => $"{p} after {string.Join(' ', steps)}"));
    }

    // Whether this state has been seen; if not, everything else that can come next is run later.
    private bool Come(UInt128 state, int choices, List<int> path)
    {
        bool isKnown = !_next.TryAdd(state, new UInt128[choices]) && merges;
        for (int other = 1; other < choices && !isKnown; other++)
        {
            _open.Push([.. path, other]);
        }

        return isKnown;
    }

    private void Follow(UInt128 before, List<int> path, UInt128 state)
    {
        if (path.Count == 0)
        {
            _first = state;
        }
        else
        {
            Assert.True(_next[before][path[^1]] is var known && (known == default || known == state), "The same steps led to another state: the play isn't deterministic.");
            _next[before][path[^1]] = state;
        }
    }

    private BigInteger OrdersFrom(UInt128 state)
    {
        if (!_orders.TryGetValue(state, out BigInteger orders))
        {
            orders = _next.TryGetValue(state, out UInt128[]? next) && next.Length > 0 ? next.Aggregate(BigInteger.Zero, (sum, n) => sum + OrdersFrom(n)) : BigInteger.One;
            _orders.Add(state, orders);
        }

        return orders;
    }

    private static UInt128 Print(string state) => BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(state)));
}
