using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Cli.Hooks;

/// <summary>What one hook process leaves to the next: the calls that were allowed and haven't ended, and which sessions have a recorded prompt. Files for their owner only, in a folder beside the log.</summary>
/// <remarks>Everything is written and taken while the log is held, so one process at a time is at it; within it, one thread at a time. A name is a hash, so no label of an event can lead out of the folder.</remarks>
internal sealed class CallFolder
{
    private const UnixFileMode OwnersFolder = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode OwnersFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const string PromptFile = "prompt";
    private static readonly TimeSpan Lost = TimeSpan.FromDays(1);
    private static readonly TimeSpan Forgotten = TimeSpan.FromDays(30);

    private readonly Lock _lock = new();
    private readonly string _root;
    private readonly TimeProvider _time;

    /// <summary>Opens the folder, and makes it first where there is none.</summary>
    /// <exception cref="CommandException">Others than its owner can reach it, or it is a link.</exception>
    public CallFolder(string root, TimeProvider time)
    {
        _root = root;
        _time = time;
        Make(root);
        if (new DirectoryInfo(root).LinkTarget is not null || (!OperatingSystem.IsWindows() && (File.GetUnixFileMode(root) & ~OwnersFolder) != 0))
        {
            throw new CommandException($"The folder '{root}', where the hook keeps the calls that are under way, is a link or can be reached by others than its owner. Remove it, or run chmod 700 on it.");
        }
    }

    /// <summary>Which call it is: tool and input.</summary>
    public static string Print(HookEvent told)
    {
        using var text = new MemoryStream();
        text.Write(Encoding.UTF8.GetBytes(told.Tool + "\0"));
        using (var json = new Utf8JsonWriter(text))
        {
            told.Input.WriteTo(json);
        }

        return Convert.ToHexStringLower(SHA256.HashData(text.ToArray()));
    }

    public bool HasPrompt(string agent, string session) => File.Exists(Path.Combine(Of(agent, session, null), PromptFile));

    public void KeepPrompt(string agent, string session)
    {
        lock (_lock)
        {
            Write(Path.Combine(Make(Of(agent, session, null)), PromptFile), "");
        }
    }

    public void Keep(string agent, HookEvent told, KeptCall call)
    {
        lock (_lock)
        {
            Write(Path.Combine(Make(Of(agent, told.Session, told.SubAgent)), FileOf(told)), $"{call.Print}\n{(call.IsAsked ? "asked" : "")}\n{call.Token}");
        }
    }

    /// <summary>The call, which is then nobody else's; null where there is none.</summary>
    public KeptCall? Take(string agent, HookEvent told)
    {
        lock (_lock)
        {
            return Take(Path.Combine(Of(agent, told.Session, told.SubAgent), FileOf(told)));
        }
    }

    /// <summary>A call of the session that has this tool and input; null where there is none.</summary>
    public KeptCall? Find(string agent, HookEvent told)
    {
        string print = Print(told);
        return FilesIn(Of(agent, told.Session, told.SubAgent)).Select(Read).FirstOrDefault(c => c?.Print == print);
    }

    /// <summary>Takes every call of the session that hasn't ended, and those of any session that were lost a day ago.</summary>
    public IReadOnlyList<KeptCall> TakeLeft(string agent, HookEvent told)
    {
        lock (_lock)
        {
            DateTime now = _time.GetUtcNow().UtcDateTime;
            string own = Of(agent, told.Session, told.SubAgent);
            var taken = new List<KeptCall>();
            foreach (string folder in Directory.EnumerateDirectories(_root))
            {
                taken.AddRange(FilesIn(folder).Where(f => folder == own || now - File.GetLastWriteTimeUtc(f) > Lost).Select(Take).OfType<KeptCall>());
                string prompt = Path.Combine(folder, PromptFile);
                if (folder != own && FilesIn(folder).Length == 0 && (!File.Exists(prompt) || now - File.GetLastWriteTimeUtc(prompt) > Forgotten))
                {
                    Directory.Delete(folder, recursive: true);
                }
            }

            return taken;
        }
    }

    private static string[] FilesIn(string folder) => Directory.Exists(folder) ? Directory.GetFiles(folder, "*.call") : [];

    private static KeptCall? Take(string file)
    {
        if (!File.Exists(file))
        {
            return null;
        }

        KeptCall? call = Read(file);
        File.Delete(file);
        return call;
    }

    private static KeptCall? Read(string file) =>
        File.Exists(file) && File.ReadAllText(file).Split('\n') is [var print, var asked, { Length: > 0 } token] ? new KeptCall(token, print, asked.Length > 0) : null;

    private static string FileOf(HookEvent told) => Name(told.ToolUse!) + ".call";

    private string Of(string agent, string session, string? subAgent) => Path.Combine(_root, Name($"{agent}\0{session}\0{subAgent}"));

    private static string Name(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16));

    private static string Make(string folder)
    {
        _ = OperatingSystem.IsWindows() ? Directory.CreateDirectory(folder) : Directory.CreateDirectory(folder, OwnersFolder);
        return folder;
    }

    private static void Write(string file, string content) => OutputFile.Replace(file, OwnersFile, stream => stream.Write(Encoding.UTF8.GetBytes(content)));
}
