using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.Audit;

/// <summary>A host learns at start what its first record would.</summary>
public sealed class FileAtStartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    [Fact]
    public async Task A_pipeline_does_not_start_on_a_file_that_another_one_has()
    {
        using var mine = new JsonLinesAuditSink(_folder.Combine("audit.jsonl"));
        using var theirs = new JsonLinesAuditSink(_folder.Combine("audit.jsonl"));
        await using GuardrailPipeline first = GuardrailPipeline.Create(Options(mine));

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => GuardrailPipeline.Create(Options(theirs)));

        Assert.Contains("One process at a time may write it", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipeline_does_not_start_on_a_file_whose_folder_is_a_file()
    {
        File.WriteAllText(_folder.Combine("taken"), "");
        using var sink = new JsonLinesAuditSink(_folder.Combine("taken/audit.jsonl"));

        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => GuardrailPipeline.Create(Options(sink)));

        Assert.Contains("A required audit file can't be written", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_that_is_refused_for_another_reason_leaves_no_file()
    {
        using var sink = new JsonLinesAuditSink(_folder.Combine("audit.jsonl"));
        GuardrailOptions options = Options(sink);
        options.PinnedPolicyDigest = "sha256:0";

        Assert.Throws<OptionsValidationException>(() => GuardrailPipeline.Create(options));

        Assert.False(File.Exists(sink.FilePath));
    }

    public void Dispose() => _folder.Dispose();

    private static GuardrailOptions Options(IAuditSink sink)
    {
        var options = new GuardrailOptions { Audit = { CommitmentKey = new byte[32] } };
        options.Sinks.Add(new AuditSinkRegistration(sink));
        return options;
    }
}
