using System.Text.Json.Nodes;

namespace ToolGuardrails.Tests.AuditProofs;

public sealed class ConsistencyTests : IDisposable
{
    private readonly ProofLog _log = new();
    private readonly List<AuditCheckpoint> _checkpoints = [];

    public ConsistencyTests()
    {
        for (int i = 0; i < 40; i++)
        {
            _log.AddPrompts(1);
            _checkpoints.Add(i % 2 == 0 ? _log.Seal() : _log.Checkpoint());
        }
    }

    [Fact]
    public void Any_two_checkpoints_of_a_log_are_shown_to_be_of_one_history()
    {
        using AuditLogReader reader = _log.Open();
        foreach (AuditCheckpoint second in _checkpoints)
        {
            foreach (AuditCheckpoint first in _checkpoints.Where(c => c.Size <= second.Size))
            {
                AuditConsistencyProof proof = AuditConsistencyProof.Parse(reader.ProveConsistency(first, second).ToJson());
                Assert.Equal((first.Note, second.Note), (proof.First.Note, proof.Second.Note));
                Assert.Equal(first.Size == second.Size, proof.Hashes.Count == 0);
                AuditProofResult result = proof.Verify([_log.Key]);
                Assert.True(result.IsValid, result.Problem);
            }
        }
    }

    [Fact]
    public void Without_a_second_checkpoint_it_is_the_newest_seal()
    {
        using AuditLogReader reader = _log.Open();
        Assert.Equal(reader.LatestCheckpoint!.Note, reader.ProveConsistency(_checkpoints[0]).Second.Note);
        Assert.Contains("not sealed yet", Assert.Throws<InvalidOperationException>(() => reader.ProveConsistency(_checkpoints[^1])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_checkpoint_that_does_not_fit_the_log_gives_no_proof()
    {
        using AuditLogReader reader = _log.Open();
        using var other = new ProofLog(origin: "elsewhere.example/log");
        Assert.Contains("is of the log 'elsewhere.example/log'", Assert.Throws<ArgumentException>(() => reader.ProveConsistency(other.Checkpoint())).Message, StringComparison.Ordinal);
        Assert.Contains("the smaller one first", Assert.Throws<ArgumentException>(() => reader.ProveConsistency(_checkpoints[5], _checkpoints[4])).Message, StringComparison.Ordinal);
        AuditCheckpoint empty = AuditCheckpoint.Parse($"{_log.Origin}\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n");
        Assert.Contains("has no records", Assert.Throws<ArgumentException>(() => reader.ProveConsistency(empty)).Message, StringComparison.Ordinal);

        using var rewritten = new ProofLog();
        rewritten.AddPrompts(5);
        Assert.Contains("names another root", Assert.Throws<InvalidDataException>(() => reader.ProveConsistency(rewritten.Checkpoint())).Message, StringComparison.Ordinal);
        rewritten.AddPrompts(500);
        Assert.Contains("it was cut or rolled back", Assert.Throws<InvalidDataException>(() => reader.ProveConsistency(_checkpoints[0], rewritten.Checkpoint())).Message, StringComparison.Ordinal);
    }

    [Fact]
    [Trait("Speed", "slow")]
    public void Every_flipped_bit_of_a_proof_is_refused_or_means_the_same()
    {
        using AuditLogReader reader = _log.Open();
        string proof = reader.ProveConsistency(_checkpoints[7], _checkpoints[30]).ToJson();
        EveryBit.IsRefusedOrMeansTheSame(proof, IsValid, static text => AuditConsistencyProof.Parse(text).ToJson());
    }

    [Fact]
    public void A_fork_signed_with_the_logs_own_key_can_not_be_joined_to_it()
    {
        using AuditLogReader reader = _log.Open();
        JsonObject proof = JsonNode.Parse(reader.ProveConsistency(_checkpoints[7], _checkpoints[30]).ToJson())!.AsObject();
        proof["first"] = _checkpoints[8].Note;
        AuditProofResult result = AuditConsistencyProof.Parse(proof.ToJsonString()).Verify([_log.Key]);
        Assert.Contains("doesn't show that the log of", result.Problem, StringComparison.Ordinal);
        proof["first"] = _checkpoints[31].Note;
        Assert.False(IsValid(proof.ToJsonString()));
    }

    [Fact]
    public void Both_checkpoints_need_a_signature_of_a_given_key_of_one_log()
    {
        _log.Rotate();
        _log.AddPrompts(2);
        _log.Seal();
        using AuditLogReader reader = _log.Open();
        AuditConsistencyProof proof = reader.ProveConsistency(_checkpoints[0]);
        Assert.True(proof.Verify(_log.Keys).IsValid);
        Assert.False(proof.Verify([_log.Keys[0]]).IsValid);
        Assert.False(proof.Verify([_log.Keys[1]]).IsValid);
        Assert.StartsWith("No key was given.", proof.Verify([]).Problem, StringComparison.Ordinal);

        using var other = new ProofLog(origin: "elsewhere.example/log");
        JsonObject mixed = JsonNode.Parse(proof.ToJson())!.AsObject();
        mixed["second"] = other.Checkpoint().Note;
        Assert.Contains("are of two logs", AuditConsistencyProof.Parse(mixed.ToJsonString()).Verify([.. _log.Keys, other.Key]).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public void Checkpoints_of_an_unsigned_log_prove_nothing()
    {
        using var log = new ProofLog(isSigned: false);
        AuditCheckpoint first = log.Seal();
        log.Seal();
        using AuditLogReader reader = log.Open();
        Assert.Contains("is unsigned", reader.ProveConsistency(first).Verify([_log.Key]).Problem, StringComparison.Ordinal);
    }

    public void Dispose() => _log.Dispose();

    private bool IsValid(string text)
    {
        try
        {
            return AuditConsistencyProof.Parse(text).Verify([_log.Key]).IsValid;
        }
        catch (FormatException)
        {
            return false;
        }
    }
}
