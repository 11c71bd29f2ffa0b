namespace ToolGuardrails.Tests.AuditVerification;

/// <summary>Logs that several tests begin with.</summary>
internal static class Logs
{
    /// <summary>Lines 0 to 7: open, 3 records, a seal at 4, 2 records, a seal at 7.</summary>
    public static LogBuilder Small(bool isSigned = true) => new LogBuilder(isSigned).Records(3).Seal().Records(2).Seal();

    /// <summary>Segments from 0, 8, 15; the last ends in a seal.</summary>
    public static LogBuilder Segmented(bool isSigned = true) => Small(isSigned).Segment().Records(3).Seal().Records(2).Seal().Segment().Records(4).Seal();

    /// <summary>Two changes of key.</summary>
    public static LogBuilder Rotated() => Small().Rotate().Records(2).Seal().Rotate().Records(1).Seal();

    /// <summary>The segments below 14 are gone; a change of key is among what they held.</summary>
    public static LogBuilder Pruned() => Small().Segment().Records(1).Rotate().Records(2).Seal().Segment().Records(3).Seal().Prune(2).Records(1).Seal();

    /// <summary>Bytes were taken out behind line 7.</summary>
    public static LogBuilder Recovered() => Small().Open().Recover("{\"v\":1,\"w\":\"torn").Records(1).Seal();

    /// <summary>More than two blocks of 256, whose boundaries no segment has.</summary>
    public static LogBuilder Long()
    {
        LogBuilder log = new LogBuilder();
        for (int i = 0; i < 7; i++)
        {
            log.Records(90).Seal();
            if (i is 2 or 4)
            {
                log.Segment();
            }
        }

        return log;
    }
}
