namespace ToolGuardrails.Audit;

/// <summary>Reads the descriptor.</summary>
internal static class DescriptorCheck
{
    private const int MostBytes = 64 * 1024;

    public static void Run(LogUnderTest log)
    {
        string name = log.Paths.Relative(log.Paths.Descriptor);
        byte[]? file = ReadOnlyFile.TryReadSmall(log.Paths.Descriptor, MostBytes, out bool isThere);
        string? problem = null;
        if (file is null)
        {
            problem = !isThere && log.Content.Segments.Count == 0 ? "The directory has neither log.json nor segments: it isn't an audit log. Name the log's own directory."
                : isThere ? "The descriptor is too long to be one."
                : "The descriptor is missing.";
        }
        else if (LogDescriptor.TryParse(file, out LogDescriptor? descriptor, out problem))
        {
            log.Digest = LogDescriptor.DigestOf(file);
            problem = ProblemWithKey(descriptor);
            log.Descriptor = problem is null ? descriptor : null;
            log.Keys = problem is null && descriptor.VerifierKeys.Count > 0 ? new KeyTimeline(descriptor.VerifierKeys[0]) : null;
        }

        if (problem is not null)
        {
            log.Digest = null;
            log.Add(AuditLogDamageKind.Descriptor, name, log.Content.Segments.Count == 0 ? problem : $"{problem} Restore log.json from a copy of it. Seals' names and signatures weren't checked.");
        }
    }

    private static string? ProblemWithKey(LogDescriptor descriptor)
    {
        try
        {
            foreach (string key in descriptor.VerifierKeys)
            {
                NoteKey.Parse(key).Dispose();
            }

            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }
}
