namespace ToolGuardrails.ApprovalProcess;

/// <summary>What one of several processes does that want to make the same approved call.</summary>
internal static class Race
{
    public const string Name = "race";

    public const int AtOnce = 25;

    /// <summary>Says that it is ready, waits for a line, and resumes the one request of the store many times at once.</summary>
    public static async Task RunAsync(string folder, string ownFolder, Action<string> print)
    {
        await using ApprovalHost host = ApprovalHost.OpenBeside(folder, ownFolder);
        string id = (await host.Pipeline.Approvals.ReadAsync(openOnly: false)).Single().Request.Id;
        print("ready");
        Console.ReadLine();
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
            print($"ended {(await host.Pipeline.ResumeAsync(id, host.RunAsync)).Decision.Code}"))));
    }
}
