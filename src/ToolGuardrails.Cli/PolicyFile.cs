namespace ToolGuardrails.Cli;

/// <summary>Reads the policy that a command is given.</summary>
internal static class PolicyFile
{
    /// <summary>The file's policy.</summary>
    /// <exception cref="GuardrailPolicyException">The file isn't a policy, or not one without errors.</exception>
    public static GuardrailPolicy Load(string path, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        try
        {
            return GuardrailPolicy.LoadFile(path);
        }
        catch (FileNotFoundException e)
        {
            throw new CommandException($"There is no policy file '{path}'. Give the path of a policy, such as guardrails.json.", e);
        }
    }
}
