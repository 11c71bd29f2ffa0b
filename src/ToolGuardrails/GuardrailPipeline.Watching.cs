using System.Security.Cryptography;

namespace ToolGuardrails;

// What is looked at now and then: the policy's file, and a store that other processes change.
public sealed partial class GuardrailPipeline
{
    private readonly ITimer? _watching;
    private readonly string? _policyFile;
    private byte[]? _lastRead;
    private int _looking;

    // A timer's callback, one look at a time. What it meets is recorded, as far as that is possible, and the policy in force stays.
    internal async Task LookAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) == 1)
        {
            return;
        }

        try
        {
            _ = CurrentEpoch();
            await LookAtApprovalsAsync();
            await CloseEndedGrantsAsync();
            await LookAtPolicyAsync();
        }
        catch (AuditUnavailableException)
        {
            // It is tried again: the file still counts as changed.
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }
    }

    private async ValueTask LookAtPolicyAsync()
    {
        if (_policyFile is null)
        {
            return;
        }

        // By content, not by time: two changes can fall into one tick of a file system's clock.
        (byte[]? content, string? problem) = Read(_policyFile);
        byte[] print = SHA256.HashData(content ?? []);
        if (_lastRead.AsSpan().SequenceEqual(print))
        {
            return;
        }

        try
        {
            await ReplaceAsync(
                () => content is null ? throw new GuardrailPolicyException([new PolicyError("$", problem!)], _policyFile) : GuardrailPolicy.Parse(content, _policyFile),
                Path.GetFileName(_policyFile),
                CancellationToken.None);
        }
        catch (GuardrailPolicyException)
        {
            // Once for each content.
        }

        _lastRead = print;
    }

    private static (byte[]? Content, string? Problem) Read(string path)
    {
        try
        {
            return (File.ReadAllBytes(path), null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"The policy's file can't be read: {e.Message}");
        }
    }
}
