namespace ToolGuardrails.Tests.Kit;

/// <summary>A sealed log with one call in it, in a folder of its own.</summary>
internal sealed class SampleLog : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public SampleLog(bool isSigned = true, bool isSealed = true)
    {
        Log = new HandMadeLog(_folder.Combine("audit"), isSigned)
            .Add(Records.Prompt("Where is order 1007?"))
            .Add(Records.Decision("c-1", ",\"args\":{\"id\":1007}"))
            .Add(Records.Outcome("c-1", ",\"result\":\"It is on its way.\""));
        if (isSealed)
        {
            Log.Seal();
        }

        Log.Write();
        System.IO.File.WriteAllText(KeyFile, Log.VerifierKey + "\n");
    }

    public HandMadeLog Log { get; }

    public string Directory => Log.Directory;

    public string KeyFile => File("log.vkey");

    public string File(string name) => _folder.Combine(name);

    public string Keep(string name, string content)
    {
        System.IO.File.WriteAllText(File(name), content);
        return File(name);
    }

    public void Dispose()
    {
        Log.Dispose();
        _folder.Dispose();
    }
}
