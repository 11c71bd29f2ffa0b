using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Tests.Kit;

/// <summary>What one hook said and ended with.</summary>
internal sealed record HookRun(int Code, byte[] Bytes, string Error)
{
    public string Out => Encoding.UTF8.GetString(Bytes);

    /// <summary>Whether Claude Code would go on with the call: by the exit code, and by what standard output says (facts of the real program; docs/claude-code.md).</summary>
    public bool LetsGoOn => Code == 0 && !(Out.Contains("\"deny\"", StringComparison.Ordinal) || Out.Contains("\"block\"", StringComparison.Ordinal) || Out.Contains("\"defer\"", StringComparison.Ordinal));

    /// <summary>Sends an event to a process and waits for it.</summary>
    public static async Task<HookRun> OfAsync(Process process, string told)
    {
        try
        {
            await process.StandardInput.WriteAsync(told);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading.
        }

        return await OfAsync(process);
    }

    public static async Task<HookRun> OfAsync(Process process)
    {
        Task<string> error = process.StandardError.ReadToEndAsync();
        using var bytes = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(bytes);
        await process.WaitForExitAsync();
        return new HookRun(process.ExitCode, bytes.ToArray(), await error);
    }

    /// <summary>Fails unless it has nothing to say.</summary>
    public HookRun Silent()
    {
        Assert.Equal((0, "", ""), (Code, Out, Error));
        return this;
    }

    /// <summary>Fails unless it denies in every way there is: one JSON object on a line, the reason on standard error, exit code 2.</summary>
    /// <returns>The JSON.</returns>
    public JsonElement Denied(string name, string reason)
    {
        Assert.True(Code == 2, $"The exit code is {Code}.\n{Out}\n{Error}");
        Assert.Contains(reason, Error, StringComparison.Ordinal);
        Assert.Equal((byte)'{', Bytes[0]);
        Assert.Equal(1, Bytes.Count(static b => b == (byte)'\n'));
        Assert.Equal((byte)'\n', Bytes[^1]);
        Assert.InRange(Bytes.Length, 2, 4096);
        JsonElement json = JsonElement.Parse(Out);
        if (name != "Stop")
        {
            Assert.Equal(name, json.GetProperty("hookSpecificOutput").GetProperty("hookEventName").GetString());
        }

        switch (name)
        {
            case "PreToolUse":
                Assert.Equal("deny", json.GetProperty("hookSpecificOutput").GetProperty("permissionDecision").GetString());
                Assert.Contains(reason, json.GetProperty("hookSpecificOutput").GetProperty("permissionDecisionReason").GetString(), StringComparison.Ordinal);
                break;
            case "PermissionRequest":
                Assert.Equal("deny", json.GetProperty("hookSpecificOutput").GetProperty("decision").GetProperty("behavior").GetString());
                break;
            default:
                Assert.Equal("block", json.GetProperty("decision").GetString());
                break;
        }

        return json;
    }
}
