using System.Globalization;

namespace ToolGuardrails.Tests.Kit;

/// <summary>The run under other cultures is one: a name that is mistyped, or a machine without culture data, fails instead of passing.</summary>
public sealed class TestCultureTests
{
    [Fact]
    public void The_culture_that_was_asked_for_is_in_force_on_every_thread()
    {
        string expected = Environment.GetEnvironmentVariable(TestCulture.Variable) is { Length: > 0 } name ? name : CultureInfo.CurrentCulture.Name;
        string elsewhere = "";
        var thread = new Thread(() => elsewhere = $"{CultureInfo.CurrentCulture.Name} {CultureInfo.CurrentUICulture.Name}");
        thread.Start();
        thread.Join();

        Assert.Equal(expected, CultureInfo.CurrentCulture.Name);
        Assert.StartsWith(expected, elsewhere, StringComparison.Ordinal);
        Assert.Equal(TestCulture.Asked is null ? elsewhere : $"{expected} {expected}", elsewhere);
    }

    // What each culture of the run is there for. Without this data it would be the invariant culture under another name.
    [Fact]
    public void The_culture_in_force_has_its_own_data()
    {
        CultureInfo culture = CultureInfo.CurrentCulture;
        switch (TestCulture.Asked?.Name)
        {
            case "tr-TR":
                Assert.Equal("ı", culture.TextInfo.ToLower("I"));
                break;
            case "fa-IR":
                Assert.IsType<PersianCalendar>(culture.Calendar);
                break;
            case "de-DE":
                Assert.Equal(",", culture.NumberFormat.NumberDecimalSeparator);
                break;
            case "th-TH":
                Assert.IsType<ThaiBuddhistCalendar>(culture.Calendar);
                break;
            case "ar-SA":
                Assert.IsNotType<GregorianCalendar>(culture.Calendar);
                break;
        }
    }

    [CultureTheory]
    [InlineData("xx-NONE")]
    [InlineData("tr_TR_")]
    [InlineData("german")]
    public void A_culture_that_nobody_knows_is_an_error(string name)
    {
        var e = Assert.Throws<InvalidOperationException>(() => TestCulture.Find(name));
        Assert.Contains($"'{name}'", e.Message, StringComparison.Ordinal);
    }
}
