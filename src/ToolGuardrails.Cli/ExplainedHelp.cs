using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using System.Globalization;

namespace ToolGuardrails.Cli;

/// <summary>The usual help with the command's example and exit codes below it.</summary>
internal sealed class ExplainedHelp(HelpAction usual) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public static void AddTo(RootCommand root)
    {
        HelpOption option = root.Options.OfType<HelpOption>().Single();
        option.Action = new ExplainedHelp((HelpAction)option.Action!);
    }

    public override int Invoke(ParseResult parseResult)
    {
        int code = usual.Invoke(parseResult);
        if (parseResult.CommandResult.Command is ExplainedCommand command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine($"Example:\n  {command.Example}\n\nExit codes:");
            foreach ((int value, string meaning) in command.ExitCodes)
            {
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {value,-3}  {meaning}"));
            }

            output.WriteLine();
        }

        return code;
    }
}
