using System.Globalization;
using ToolGuardrails;

// A process that opens a store, does what its input says, line by line, and prints what it was promised. 'write' and 'approve' never end by themselves.
using SqliteGuardrailStore store = SqliteGuardrailStore.OpenOrCreate(args[0]);
var by = new Principal("os", "other-process");
var approving = new ApprovalWork(store, store);
Print("ready");
while (Console.ReadLine() is { } line)
{
    string[] words = line.Split(' ');
    switch (words[0])
    {
        case "version":
            Print(store.ReadVersion().ToString(CultureInfo.InvariantCulture));
            break;
        case "read":
            Print(string.Join(' ', store.Read().Where(static s => s.IsInForce).Select(static s => s.Id)));
            break;
        case "suspend":
            Print(await SuspendAsync());
            break;
        case "lift":
            Print((await store.TryLiftAsync(words[1], new SuspensionLift(by, "repaired", TimeProvider.System.GetUtcNow()), default)).ToString());
            break;
        case "charge":
            Print((await ChargeAsync(int.Parse(words[1], CultureInfo.InvariantCulture), int.Parse(words[2], CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture));
            break;
        case "replace":
            Print((await approving.ReplaceAsync(words[1], int.Parse(words[2], CultureInfo.InvariantCulture))).ToString());
            break;
        case "use":
            Print((await approving.UseAsync(words[1], int.Parse(words[2], CultureInfo.InvariantCulture), int.Parse(words[3], CultureInfo.InvariantCulture))).ToString(CultureInfo.InvariantCulture));
            break;
        case "write":
            await WriteAsync();
            break;
        case "approve":
            await approving.ApproveAsync(Print);
            break;
        default:
            throw new ArgumentException(line);
    }
}

void Print(string text)
{
    Console.Out.WriteLine(text);
    Console.Out.Flush();
}

async Task<string> SuspendAsync()
{
    var suspension = Suspension.Create(SuspensionTarget.Agent("a"), by, "because", TimeProvider.System.GetUtcNow());
    await store.AddAsync(suspension, default);
    return suspension.Id;
}

async Task<int> ChargeAsync(int calls, int limit)
{
    int charged = 0;
    for (int i = 0; i < calls; i++)
    {
        charged += await store.TryChargeAsync([new BudgetCharge("agent:a", limit, TimeSpan.FromHours(1)), new BudgetCharge("tool:t", limit * 2, TimeSpan.FromHours(1))], default) ? 1 : 0;
    }

    return charged;
}

async Task WriteAsync()
{
    for (int charged = 0; ;)
    {
        string kept = await SuspendAsync(), lifted = await SuspendAsync();
        Print("kept " + kept);
        if (await store.TryLiftAsync(lifted, new SuspensionLift(by, "repaired", TimeProvider.System.GetUtcNow()), default))
        {
            Print("lifted " + lifted);
        }

        charged += await ChargeAsync(5, int.MaxValue / 2);
        Print("charged " + charged.ToString(CultureInfo.InvariantCulture));
    }
}
