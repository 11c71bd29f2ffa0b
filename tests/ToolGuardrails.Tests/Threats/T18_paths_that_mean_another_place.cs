using System.Globalization;
using System.Text.Json;
using ToolGuardrails.Policy;
using ToolGuardrails.Tests.Conditions;
using Xunit.Abstractions;

namespace ToolGuardrails.Tests.Threats;

/// <summary>T18, the lexical part: no way of writing a path brings a call out of the folder that a grant names, and none hides a path from a deny.</summary>
public sealed class T18_paths_that_mean_another_place(ITestOutputHelper output)
{
    private static readonly string[] Folders = ["/srv/data", "/", "/srv/Größe", "C:/data", "C:\\", "d:\\Work\\été"];

    private static readonly string[] Escapes =
    [
        // Traversal, at the end and in the middle, in every disguise.
        "..", "../x", "../../etc/passwd", "a/../../x", "./x", "a/./b", ".", "...", ".. /x", "..\u00A0/x", " ../x", "..\\x", "a\\..\\..\\x", "..%2fx", "%2e%2e/x", "..\0/x", "..\t/x", "..;/x", "．．/x", "..／x", "..∕x",
        // Empty parts, endings that a file system drops, streams, control characters.
        "/x", "a//b", "a/", "a//", "a.", "a ", "a. .", "a./b", "a /b", "x:stream", "x::$DATA", "x\n", "x\r/y", "\u001b[2J", "x\0.txt", "x\u007F",
        // Names that are something else on Windows.
        "CON", "con.txt", "nul", "NUL .txt", "aux", "prn.log", "com1", "COM0", "COM¹", "lpt9.x/y", "CONIN$", "conout$.x", "concert", "com10", "nula", "lpt", "SECRET~1", "a~b", "~", "~root",
        // Plain names that only look odd.
        "x", "a/b/c", ".hidden", "a b", "a..b", "-rf", "$HOME", "%USERPROFILE%", "é", "e\u0301", "😀", "a\u200D", "\u202Ex", "'", "\"", "*", "?", "<x>", "|", "a&b", "a;b", "a,b", "{a,b}", "[a]",
    ];

    private static readonly string[] Elsewhere =
    [
        "", " ", "x", "data/x", "./data", "../srv/data", "~/data", "~root/data", "$HOME/data", "%SystemDrive%\\data", "/etc/passwd", "/srv", "/srv/dat", "/srv/database/x", "/srv/data-old", "/srvdata", "/data", "/SRV/data/x", "/srv/DATA", "/srv/größe", "/srv/GRÖSSE/x", "/srv/Gro\u0308ße/x", "/srv/Größe\u0301/x", "/srv/Gr", "/srv/", "d:/Work", "d:/Work/",
        "//srv/data", "///srv/data", "\\srv\\data", "\\\\server\\share", "\\\\server\\c$\\data", "//server/share/data", "\\\\?\\C:\\data", "\\\\.\\C:\\data", "\\\\?\\UNC\\server\\share", "//?/C:/data", "\\??\\C:\\data", "\\\\.\\PhysicalDrive0", "\\\\.\\pipe\\x", "\\Device\\HarddiskVolume1\\data", "\\\\?\\GLOBALROOT\\Device", "/??/C:/data", "/proc/self/root/srv/data", "/dev/fd/3",
        "C:", "C:data", "C:data\\x", "C:\\data", "C:/DATA/x", "c:/data/x", "c:\\", "D:/Work/x", "D:\\work\\été\\x", "d:/Work/e\u0301te\u0301", "d:/Work/ete", "E:/x", "C:\\data\\..\\x", "C:\\\\data", "C:/C:/data", "CC:/data", "1:/data", "é:/data", "C：/data", "C:／data", "file:///srv/data", "file:/srv/data", "http://srv/data", "srv:/data", "\uFEFF/srv/data", "/srv/data\uFEFF", "/srv\u200B/data/x",
    ];

    public static TheoryData<string> EveryFolder => [.. Folders];

    [Theory]
    [MemberData(nameof(EveryFolder))]
    public async Task Every_path_is_judged_as_the_oracle_says(string folder)
    {
        await using var host = new ConditionHost(Within(folder));
        var truths = new SortedDictionary<Truth, int>();
        foreach (string path in Paths(folder))
        {
            Truth truth = await host.TruthAsync(Argument(path));
            Assert.True(PathOracle.Within(folder, path) == truth, $"'{path}' within '{folder}': {truth}, the oracle says {PathOracle.Within(folder, path)}");
            truths[truth] = truths.GetValueOrDefault(truth) + 1;
        }

        output.WriteLine(string.Join(", ", truths.Select(static t => string.Create(CultureInfo.InvariantCulture, $"{t.Key} {t.Value}"))));
        Assert.InRange(truths.Values.Sum(), 300, int.MaxValue);
    }

    // The framework's own resolution, which is neither the operator's nor the oracle's.
    [Theory]
    [MemberData(nameof(EveryFolder))]
    public async Task A_path_that_a_grant_lets_pass_resolves_to_itself(string folder)
    {
        await using var host = new ConditionHost(Within(folder));
        foreach (string path in Paths(folder).Where(static p => !p.Contains('\0', StringComparison.Ordinal)))
        {
            if (path.StartsWith('/') && Path.DirectorySeparatorChar == '/' && await host.GrantMatchesAsync(Argument(path)))
            {
                Assert.Equal(path, Path.GetFullPath(path));
                Assert.StartsWith(folder.TrimEnd('/') + "/", path + "/", StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(EveryFolder))]
    public async Task What_begins_with_a_server_a_device_or_a_namespace_passes_no_grant_and_no_deny_misses_it(string folder)
    {
        await using var host = new ConditionHost(Within(folder));
        foreach (string path in Elsewhere.Where(static p => p.StartsWith("//", StringComparison.Ordinal) || p.StartsWith('\\') || p.Contains("..", StringComparison.Ordinal) || p.StartsWith("/??", StringComparison.Ordinal)))
        {
            Assert.False(await host.GrantMatchesAsync(Argument(path)), path);
            Assert.True(await host.DenyMatchesAsync(Argument(path)), path);
        }
    }

    private static IEnumerable<string> Paths(string folder)
    {
        string under = folder.TrimEnd('/', '\\');
        char separator = folder.Contains('\\', StringComparison.Ordinal) ? '\\' : '/';
        return Escapes.SelectMany(e => new[] { $"{under}{separator}{e}", $"{under}/x/{e}", $"{under}{e}", $"{e}{folder}" })
            .Concat(Elsewhere).Concat([folder, under, folder.ToUpperInvariant(), folder.ToLowerInvariant(), $"{under}{separator}", folder + "\u0301", folder + "x"])
            .Distinct(StringComparer.Ordinal);
    }

    private static string Within(string folder) => $$"""{ "arg.text": { "within": {{JsonSerializer.Serialize(folder)}} } }""";

    private static string Argument(string path) => $$"""{"text":{{JsonSerializer.Serialize(path)}}}""";
}
