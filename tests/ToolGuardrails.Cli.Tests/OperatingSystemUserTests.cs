using System.Diagnostics;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.CommandLine;

/// <summary>Who runs a command is what the operating system's own command says.</summary>
public sealed class OperatingSystemUserTests
{
    [Fact]
    public void The_user_and_the_groups_are_those_that_id_prints()
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        Assert.Equal(("os", Id("-un").Single()), (OperatingSystemUser.Principal.Issuer, OperatingSystemUser.Principal.Subject));
        Assert.Equal(Id("-Gn").Order(StringComparer.Ordinal), OperatingSystemUser.Identity.Roles.Order(StringComparer.Ordinal));
    }

    private static string[] Id(string option)
    {
        using Process process = Process.Start(new ProcessStartInfo("id", [option]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
    }
}
