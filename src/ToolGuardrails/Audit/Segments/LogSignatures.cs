using System.Text;

namespace ToolGuardrails.Audit;

/// <summary>Checks what was signed against what is there, before anything is cut off or appended.</summary>
internal static class LogSignatures
{
    /// <exception cref="InvalidDataException">A signature vouches for more than there is.</exception>
    public static void Check(LogDescriptor descriptor, LogPaths paths, ILogFiles files, LogEnd end, INoteSigner? signer)
    {
        using NoteKey? key = Key(signer);
        Checkpoint? seal = end.SealNote is { } note ? Read(note, key, descriptor) : null;
        if (end.Sealed?.Seal is { } line && (seal is null || seal.Size != line.Index))
        {
            throw new InvalidDataException($"The audit log's last seal, record {line.Index} in '{paths.Segment(end.Sealed.First)}', {(seal is null ? "isn't signed by the log's key" : $"vouches for {seal.Size} records")}: it was changed, or records before it were. The log isn't appended to; run 'guardrails verify'.");
        }

        if (end.Last is { Problem: { } problem } && end.Last.SealsBehindDamage.Any(s => Read(s.Text("note"), key: null, descriptor) is not null))
        {
            throw new InvalidDataException($"Record {end.Last.End} in '{paths.Segment(end.Last.First)}' (line {end.Last.Count + 1}) is damaged, and a seal behind it shows that it was whole. {problem} Nothing is cut off and nothing appended; run 'guardrails verify', and restore the segment.");
        }

        if (files.Exists(paths.Checkpoint) && Published(WholeFile.Read(files, paths.Checkpoint), key, descriptor) is { } published && published.Size > end.Last.End)
        {
            throw new InvalidDataException($"The audit log's checkpoint vouches for {published.Size} records, and '{paths.Segment(end.Last.First)}' ends at {end.Last.End}. {end.Last.Problem ?? "The end is missing."} Nothing is cut off and nothing appended; run 'guardrails verify', and restore the segment.");
        }
    }

    // Signed by a key that came after the one at hand, it can't be judged here, and what it says is more than what is there: the change of key was cut off.
    private static Checkpoint? Published(byte[] file, NoteKey? key, LogDescriptor descriptor) =>
        Read(Encoding.UTF8.GetString(file), SignedNoteParser.Parse(file, out _, out List<SignedNoteSignature> by) is null && by.TrueForAll(s => s.KeyId != key?.Id) ? null : key, descriptor);

    /// <summary>Reads a checkpoint that the key vouches for; null where it doesn't.</summary>
    private static Checkpoint? Read(string note, NoteKey? key, LogDescriptor descriptor)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(note);
        int text = bytes.AsSpan().IndexOf("\n\n"u8) + 1;
        if (key is not null)
        {
            return SignedNote.TryOpen(bytes, [key], out SignedNote? opened, out _) && Checkpoint.TryParse(opened.Text.Span, out Checkpoint? signed, out _) && signed.Origin == descriptor.Origin ? signed : null;
        }

        return text > 0 && Checkpoint.TryParse(bytes.AsSpan(0, text), out Checkpoint? read, out _) && read.Origin == descriptor.Origin ? read : null;
    }

    // A host's signer may sign in a way that this library can't verify; then the tree alone speaks here, and an auditor's tool for the signature.
    private static NoteKey? Key(INoteSigner? signer) =>
        signer is not null && NoteKeyText.Parse(signer.VerifierKey).Type == EcdsaNoteKey.Type ? NoteKey.Parse(signer.VerifierKey) : null;
}
