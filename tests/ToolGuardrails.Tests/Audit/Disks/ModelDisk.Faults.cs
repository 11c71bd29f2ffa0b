namespace ToolGuardrails.Tests.Audit.Disks;

/// <content>The operations' numbers, what goes wrong with them, and what is left afterwards.</content>
internal sealed partial class ModelDisk
{
    private readonly Lock _lock = new();
    private readonly List<DiskStep> _steps = [];
    private Volume? _afterwards;

    /// <summary>What a fault's partial effect, and a power cut, are drawn from.</summary>
    public int Seed { get; set; }

    /// <summary>Says what happens to each operation. It may wait: that is a disk that stalls.</summary>
    public Func<DiskStep, DiskFault> Plan { get; set; } = static _ => DiskFault.None;

    public bool IgnoresSyncs
    {
        get => _volume.IgnoresSyncs;
        set => _volume.IgnoresSyncs = value;
    }

    public bool HoldsOpenFiles
    {
        get => _volume.HoldsOpenFiles;
        set => _volume.HoldsOpenFiles = value;
    }

    public bool IsDead { get; private set; }

    /// <summary>Whether it died of a power cut.</summary>
    public bool LostPower { get; private set; }

    /// <summary>What this process did, in order.</summary>
    public IReadOnlyList<DiskStep> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>Kills the process between two operations.</summary>
    public void Kill() => Die(DiskFault.Kill);

    /// <summary>Cuts the power between two operations.</summary>
    public void CutPower() => Die(DiskFault.CutPower);

    /// <summary>The disk as the next process sees it; this process is dead if it wasn't.</summary>
    public ModelDisk Restart()
    {
        Kill();
        return new ModelDisk(_afterwards!, Seed);
    }

    /// <summary>The same disk as another process sees it that lives at the same time.</summary>
    public ModelDisk OtherProcess() => new(_volume, Seed);

    /// <summary>Numbers an operation, asks the plan, and does what that says.</summary>
    /// <param name="operation">What is asked.</param>
    /// <param name="path">Of what.</param>
    /// <param name="effect">What it does where all goes well.</param>
    /// <param name="handle">The open file's number, or 0.</param>
    /// <param name="partial">What it does where it fails halfway; the whole effect where this is null.</param>
    /// <param name="failed">What a failure does whether there was an effect or not.</param>
    internal void Do(DiskOperation operation, string path, Action effect, int handle = 0, Action<Random>? partial = null, Action? failed = null)
    {
        DiskStep step;
        lock (_lock)
        {
            ThrowIfDead();
            step = new DiskStep(_steps.Count, operation, path, handle);
            _steps.Add(step);
        }

        DiskFault fault = Plan(step);
        lock (_volume)
        {
            ThrowIfDead();
            if (fault == DiskFault.None)
            {
                effect();
                return;
            }

            lock (_lock)
            {
                _steps[step.Number] = step with { Fault = fault };
            }

            Fail(step, fault, partial ?? (_ => effect()), failed);
        }
    }

    internal void Release(object node)
    {
        lock (_volume)
        {
            _volume.Open.Remove((node, this));
        }
    }

    internal void Unlock(object node)
    {
        lock (_volume)
        {
            if (_volume.Locks.GetValueOrDefault(node) == this)
            {
                _volume.Locks.Remove(node);
            }
        }
    }

    internal bool SyncsNothing => _volume.IgnoresSyncs;

    internal T Look<T>(Func<T> look)
    {
        lock (_volume)
        {
            ThrowIfDead();
            return look();
        }
    }

    private void Fail(DiskStep step, DiskFault fault, Action<Random> partial, Action? failed)
    {
        if (fault is DiskFault.ErrorAfterEffect or DiskFault.NoSpaceAfterEffect or DiskFault.KillAfterEffect)
        {
            partial(new Random(HashCode.Combine(Seed, step.Number)));
        }

        if (fault is DiskFault.Kill or DiskFault.KillAfterEffect or DiskFault.CutPower)
        {
            Die(fault);
            throw new ProcessDiedException();
        }

        failed?.Invoke();
        throw DiskErrors.Of(fault, step);
    }

    private void Die(DiskFault how)
    {
        lock (_volume)
        {
            if (!IsDead)
            {
                IsDead = true;
                LostPower = how == DiskFault.CutPower;
                _afterwards = how == DiskFault.CutPower ? _volume.AfterPowerCut(Seed) : _volume;
                _volume.Open.RemoveAll(o => o.Process == this);
                foreach (object held in _volume.Locks.Where(l => l.Value == this).Select(static l => l.Key).ToList())
                {
                    _volume.Locks.Remove(held);
                }
            }
        }
    }

    private void ThrowIfDead()
    {
        if (IsDead)
        {
            throw new ProcessDiedException();
        }
    }
}
