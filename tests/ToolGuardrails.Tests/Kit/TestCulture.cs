using System.Globalization;
using System.Runtime.CompilerServices;

namespace ToolGuardrails.Tests.Kit;

/// <summary>Runs the whole assembly under the culture that TOOLGUARDRAILS_TEST_CULTURE names; under the machine's own where it isn't set.</summary>
internal static class TestCulture
{
    public const string Variable = "TOOLGUARDRAILS_TEST_CULTURE";

    /// <summary>Why nothing can be said about cultures where <see cref="HasData"/> is false.</summary>
    public const string NoData = "this runtime has no culture data (no ICU, or invariant mode)";

    /// <summary>Whether cultures differ at all here.</summary>
    public static bool HasData { get; } = LooksTurkish();

    /// <summary>The culture that was asked for; null where none was.</summary>
    public static CultureInfo? Asked { get; private set; }

    /// <summary>Finds a culture that has data. A name that nobody knows, or a runtime that has no data, is an error: under invariant data every test would pass and show nothing.</summary>
    public static CultureInfo Find(string name)
    {
        if (!HasData)
        {
            throw new InvalidOperationException($"{Variable} asks for the culture '{name}', but {NoData}; install ICU and unset DOTNET_SYSTEM_GLOBALIZATION_INVARIANT, or unset {Variable}.");
        }

        try
        {
            return CultureInfo.GetCultureInfo(name, predefinedOnly: true);
        }
        catch (CultureNotFoundException e)
        {
            throw new InvalidOperationException($"{Variable} asks for the culture '{name}', which this runtime doesn't know; correct the name, such as 'tr-TR'.", e);
        }
    }

    // A class that isn't touched before the first test would be too late.
    [ModuleInitializer]
    internal static void Apply()
    {
        if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name)
        {
            Asked = Find(name);
            CultureInfo.DefaultThreadCurrentCulture = Asked;
            CultureInfo.DefaultThreadCurrentUICulture = Asked;
            CultureInfo.CurrentCulture = Asked;
            CultureInfo.CurrentUICulture = Asked;
        }
    }

    private static bool LooksTurkish()
    {
        try
        {
            return CultureInfo.GetCultureInfo("tr-TR").TextInfo.ToLower("I") == "ı";
        }
        catch (CultureNotFoundException)
        {
            return false; // Invariant mode knows no culture but the invariant one.
        }
    }
}
