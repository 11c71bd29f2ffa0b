using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.Kit;

/// <summary>What one command printed and ended with, run in this process.</summary>
internal sealed record CliRun(int Code, string Out, string Error)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<CliRun> OfAsync(params string[] args) => OfAsync(args, static (o, e) => new Terminal(o, e));

    public static async Task<CliRun> OfAsync(string[] args, Func<TextWriter, TextWriter, Terminal> terminal, CancellationToken cancellationToken = default)
    {
        using var output = new StringWriter { NewLine = "\n" };
        using var error = new StringWriter { NewLine = "\n" };
        int code = await GuardrailsCommand.InvokeAsync(args, terminal(output, error), cancellationToken);
        return new CliRun(code, output.ToString(), error.ToString());
    }

    /// <summary>Fails unless the command ended so, showing what it printed.</summary>
    public CliRun With(int code)
    {
        Assert.True(Code == code, $"The exit code is {Code} and should be {code}.\n{Out}\n{Error}");
        return this;
    }

    /// <summary>Fails unless it ended with 2 and one or more sentences on the error stream alone.</summary>
    public string Refused()
    {
        With(ExitCode.Unusable);
        Assert.Equal("", Out);
        Assert.EndsWith(".\n", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("defect", Error, StringComparison.Ordinal);
        return Error;
    }
}
