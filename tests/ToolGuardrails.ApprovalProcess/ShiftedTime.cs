using System.Globalization;

namespace ToolGuardrails.ApprovalProcess;

/// <summary>The system's clock, put forward by what a file says: whoever opens the folder later has the same time.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private readonly string _path;
    private long _by;

    public ShiftedTime(string folder)
    {
        _path = Path.Combine(folder, "clock.txt");
        _by = File.Exists(_path) ? long.Parse(File.ReadAllText(_path), CultureInfo.InvariantCulture) : 0;
    }

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + TimeSpan.FromTicks(Volatile.Read(ref _by));

    public override long GetTimestamp() => System.GetElapsedTime(0).Ticks + Volatile.Read(ref _by);

    public void Advance(TimeSpan by)
    {
        File.WriteAllText(_path + ".new", (_by + by.Ticks).ToString(CultureInfo.InvariantCulture));
        File.Move(_path + ".new", _path, overwrite: true);
        Volatile.Write(ref _by, _by + by.Ticks);
    }
}
