using System.Globalization;

namespace ToolGuardrails.Audit;

/// <summary>Collects what is wrong. One cause can have a million consequences, so each kind has a limit.</summary>
internal sealed class DamageList
{
    private const int MostOfAKind = 20;

    private readonly List<AuditLogDamage> _damage = [];
    private readonly Dictionary<AuditLogDamageKind, long> _counts = [];

    public bool IsEmpty => _damage.Count == 0;

    public long CountOf(AuditLogDamageKind kind) => _counts.GetValueOrDefault(kind);

    public void Add(AuditLogDamage damage)
    {
        long count = CountOf(damage.Kind) + 1;
        _counts[damage.Kind] = count;
        if (count <= MostOfAKind)
        {
            _damage.Add(damage);
        }
    }

    public void Add(AuditLogDamageKind kind, string file, string message, bool isDerived = false) => Add(new AuditLogDamage(kind, file, message, isDerived: isDerived));

    public IReadOnlyList<AuditLogDamage> ToList()
    {
        foreach ((AuditLogDamageKind kind, long count) in _counts.Where(static c => c.Value > MostOfAKind))
        {
            int last = _damage.FindLastIndex(d => d.Kind == kind);
            AuditLogDamage next = _damage[last];
            string more = string.Create(CultureInfo.InvariantCulture, $"This and {count - MostOfAKind} more of the same kind aren't listed one by one. {next.Message}");
            _damage[last] = new AuditLogDamage(kind, next.File, more, next.Record, next.Line, next.Offset, next.IsDerived);
        }

        return _damage;
    }
}
