namespace ToolGuardrails.Tests.AuditProofs;

[Trait("Speed", "slow")]
public sealed class GoVerifierTests : IDisposable
{
    private readonly ProofLog _log = new();
    private readonly TemporaryFolder _folder = new();

    [GoFact]
    public void Go_verifies_exports_receipts_and_consistency_proofs_and_refuses_each_that_was_changed()
    {
        string program = GoVerifier.Build(_folder);
        _log.AddPrompts(300);
        AuditCheckpoint first = _log.Seal();
        _log.ApprovedCall("c-1");
        _log.NextSegment();
        _log.AddPrompts(700);
        _log.Seal();
        string whole = Export("whole");
        string receipt = Write("receipt.json", static r => r.CreateReceipt("c-1").ToJson());
        string consistency = Write("consistency.json", r => r.ProveConsistency(first).ToJson());
        Assert.Equal((0, "export of 1013 records, 1013 entries: OK\nreceipt of 4 records: OK\nconsistency of 301 and 1013 records: OK\n"), Run(whole, receipt, consistency));
        _log.Prune(313);
        _log.Seal();
        Assert.Equal((0, "export of 1016 records, 504 entries: OK\n"), Run(Export("pruned")));

        foreach (string file in Directory.EnumerateFiles(whole, "*", SearchOption.AllDirectories).Append(receipt).Append(consistency))
        {
            byte[] bytes = File.ReadAllBytes(file);
            bytes[^40] ^= 1;
            File.WriteAllBytes(file, bytes);
            (int exitCode, string output) = Run(file.StartsWith(whole, StringComparison.Ordinal) ? whole : file);
            Assert.True(exitCode == 1, $"{file}: {output}");
            bytes[^40] ^= 1;
            File.WriteAllBytes(file, bytes);
        }

        Assert.Equal(0, Run(whole, receipt, consistency).ExitCode);

        (int ExitCode, string Output) Run(params string[] paths) => GoVerifier.Run(program, _folder.Path, [_log.Key, .. paths]);
    }

    public void Dispose()
    {
        _log.Dispose();
        _folder.Dispose();
    }

    private string Export(string name)
    {
        using AuditLogReader reader = _log.Open();
        reader.ExportTiles(_folder.Combine(name));
        return _folder.Combine(name);
    }

    private string Write(string name, Func<AuditLogReader, string> make)
    {
        using AuditLogReader reader = _log.Open();
        File.WriteAllText(_folder.Combine(name), make(reader));
        return _folder.Combine(name);
    }
}
