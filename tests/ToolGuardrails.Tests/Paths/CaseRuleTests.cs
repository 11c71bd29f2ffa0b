using ToolGuardrails.Scoping;

namespace ToolGuardrails.Tests.Paths;

/// <summary>Whether letter case tells two folders apart is asked of the folder (T19).</summary>
public sealed class CaseRuleTests
{
    private const string Above = "/srv";

    [Fact]
    public void A_volume_that_ignores_case_finds_the_folder_under_any()
    {
        CaseRule blind = Volume(StringComparison.OrdinalIgnoreCase, "Data", "other");
        Assert.True(blind.IsBeneath("/srv/DATA/x", "/srv/data"));
        Assert.True(blind.IsBeneath("/srv/data", "/srv/data"));
        Assert.False(blind.IsBeneath("/srv/DATA-old/x", "/srv/data"));
        Assert.False(blind.IsBeneath("/srv/other/x", "/srv/data"));
    }

    [Fact]
    public void A_volume_that_tells_cases_apart_does_not() =>
        Assert.False(Volume(StringComparison.Ordinal, "data").IsBeneath("/srv/DATA/x", "/srv/data"));

    [Fact]
    public void A_second_folder_beside_it_that_differs_by_case_alone_is_not_it() =>
        Assert.False(Volume(StringComparison.Ordinal, "data", "DATA").IsBeneath("/srv/DATA/x", "/srv/data"));

    [Fact]
    public void The_other_way_of_composing_a_letter_is_another_name() =>
        Assert.False(Volume(StringComparison.OrdinalIgnoreCase, "caf\u00e9").IsBeneath("/srv/cafe\u0301/x", "/srv/caf\u00e9"));

    [Fact]
    public void This_machines_own_volume_is_asked()
    {
        using var folder = new TemporaryFolder();
        string data = Directory.CreateDirectory(Path.Combine(folder.Path, "data")).FullName;
        string other = Path.Combine(folder.Path, "DATA");
        Assert.Equal(Directory.Exists(other), CaseRule.OfFileSystem.IsBeneath(Path.Combine(other, "x"), data));
    }

    private static CaseRule Volume(StringComparison names, params string[] entries) => new(
        path => entries.Any(e => string.Equals($"{Above}/{e}", path, names)),
        folder => string.Equals(folder, Above, StringComparison.Ordinal) ? entries : []);
}
