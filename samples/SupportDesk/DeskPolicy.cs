using System.Text.Json.Nodes;

namespace SupportDesk;

/// <summary>The folder that the policy is loaded from: the sample's own, or, where calls wait for another terminal, one whose policy also lets the user of this machine approve.</summary>
internal static class DeskPolicy
{
    private const string FileName = "guardrails.json";

    /// <summary>Whoever runs the sample, as the command <c>guardrails</c> knows that person.</summary>
    public static string Operator { get; } = OperatingSystem.IsWindows() ? $"user:os|{Environment.UserDomainName}\\{Environment.UserName}" : $"user:os|{Environment.UserName}";

    public static string Folder(DeskOptions options, Workspace workspace)
    {
        if (options.Approve != "pending")
        {
            return AppContext.BaseDirectory;
        }

        // The agent acts for dana, whom nobody on this machine is: a review goes to whoever sits here as well.
        JsonNode policy = JsonNode.Parse(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, FileName)))!;
        policy["tiers"]!["medium"]!["approvers"]!.AsArray().Add((JsonNode)Operator);
        File.WriteAllText(Path.Combine(workspace.PolicyFolder, FileName), policy.ToJsonString());
        return workspace.PolicyFolder;
    }
}
