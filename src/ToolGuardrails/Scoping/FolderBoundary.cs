using System.Text;
using ToolGuardrails.Policy;
using ToolGuardrails.Scoping;

namespace ToolGuardrails;

/// <summary>Folders out of which no path may lead, by links either: what <see cref="PathGuard"/> asks before a call, and what a tool opens files through.</summary>
/// <remarks>
/// A path is a plain absolute one, as the policy's <c>within</c> has it: without <c>..</c>, empty parts, devices, streams or short names. Letter case counts unless the folder in question ignores it.
/// Nothing is kept of an answer: links are resolved each time. Mounts and hard links aren't looked through.
/// </remarks>
public sealed class FolderBoundary
{
    private readonly string[] _folders;

    /// <summary>Sets the folders. They needn't exist yet; links in their own paths are followed.</summary>
    /// <param name="folders">Plain absolute paths, at least one.</param>
    /// <exception cref="ArgumentException">There is none, or one isn't a plain absolute path of this system.</exception>
    public FolderBoundary(params IEnumerable<string> folders)
    {
        ArgumentNullException.ThrowIfNull(folders);
        _folders = [.. folders];
        if (_folders.Length == 0)
        {
            throw new ArgumentException("A boundary without a folder contains nothing. Name at least one folder.", nameof(folders));
        }

        if (Array.Find(_folders, static f => !IsPlain(f)) is { } odd)
        {
            throw new ArgumentException($"The folder '{odd}' isn't a plain absolute path of this system. Write it without '..', '.', empty parts, devices or short names.", nameof(folders));
        }
    }

    /// <summary>Whether a path leads to one of the folders or below it, as the file system is now. False where that can't be told.</summary>
    /// <param name="path">What a model wrote, for instance. A file that isn't there yet is looked for where it would be made.</param>
    public bool Contains(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Find(path) is not null;
    }

    /// <summary>Opens or makes a file, and never one outside of the folders, whatever happens to links meanwhile: the kernel itself keeps the path below the folder (<c>openat2</c> with <c>RESOLVE_BENEATH</c>).</summary>
    /// <param name="path">A plain absolute path.</param>
    /// <param name="mode">As for any file.</param>
    /// <param name="access">As for any file.</param>
    /// <exception cref="UnauthorizedAccessException">The path leads out of the folders, or the system refuses.</exception>
    /// <exception cref="FileNotFoundException">There is no such file, or no such folder.</exception>
    /// <exception cref="PlatformNotSupportedException">The system isn't Linux 5.6 or later, and can't do this in one step.</exception>
    public FileStream Open(string path, FileMode mode, FileAccess access)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Find(path) is var (folder, below)
            ? BeneathOpen.Open(folder, below, mode, access)
            : throw new UnauthorizedAccessException($"The path '{path}' doesn't lead to a place below {string.Join(" or ", _folders.Select(static f => $"'{f}'"))}.");
    }

    private (string Folder, string Below)? Find(string path)
    {
        if (!IsPlain(path) || TruePath.Of(path) is not { } real)
        {
            return null;
        }

        foreach (string given in _folders)
        {
            if (TruePath.Of(given) is { } folder && CaseRule.OfFileSystem.IsBeneath(real, folder))
            {
                return (folder, real[Math.Min(real.Length, folder.Length)..].TrimStart(Path.DirectorySeparatorChar));
            }
        }

        return null;
    }

    private static bool IsPlain(string path) => Path.IsPathFullyQualified(path) && PlainPath.IsPlain(Encoding.UTF8.GetBytes(path));
}
