using System.Text.Json;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>T18 and T19: 'within' is lexical and takes plain absolute paths only; whatever a file system might read in another way can't be known.</summary>
public sealed class WithinTests
{
    [Theory]
    [InlineData("/srv/reports", "/srv/reports", 'T')]
    [InlineData("/srv/reports", "/srv/reports/", 'T')]
    [InlineData("/srv/reports", "/srv/reports/2027/q1.pdf", 'T')]
    [InlineData("/srv/reports", "/srv/reports/.hidden", 'T')]
    [InlineData("/srv/reports", "/srv/reports/a b", 'T')]
    [InlineData("/srv/reports", "/srv/reports/é", 'T')]
    [InlineData("/srv/reports", "/srv/reportsx", 'F')]
    [InlineData("/srv/reports", "/srv/reports-old/x", 'F')]
    [InlineData("/srv/reports", "/srv/report", 'F')]
    [InlineData("/srv/reports", "/srv", 'F')]
    [InlineData("/srv/reports", "/", 'F')]
    [InlineData("/srv/reports", "/etc/passwd", 'F')]
    [InlineData("/srv/reports", "/x/srv/reports/y", 'F')]
    [InlineData("/", "/anything/at/all", 'T')]
    [InlineData("/", "/", 'T')]
    [InlineData("C:/data", "C:/data/x", 'T')]
    [InlineData("C:/data", "C:\\data\\x", 'T')]
    [InlineData("C:\\data", "C:/data\\x/y", 'T')]
    [InlineData("C:/data", "C:/database", 'F')]
    [InlineData("C:/data", "D:/data/x", 'F')]
    [InlineData("C:/data", "/data/x", 'F')]
    [InlineData("C:/", "C:/x", 'T')]
    [InlineData("C:\\", "C:/", 'T')]
    public Task A_plain_path_is_within_the_folder_or_not(string folder, string path, char expected) => AssertAsync(folder, path, expected);

    [Theory]
    [InlineData("/srv/reports/..")]
    [InlineData("/srv/reports/../../etc/passwd")]
    [InlineData("/srv/reports/./x")]
    [InlineData("/srv/./reports/x")]
    [InlineData("/./srv/reports/x")]
    [InlineData("/../srv/reports")]
    [InlineData("/srv/reports/x/.")]
    [InlineData("/srv/reports//x")]
    [InlineData("//srv/reports/x")]
    [InlineData("/srv//reports/x")]
    [InlineData("/srv/reports//")]
    [InlineData("/srv/reports/x\0")]
    [InlineData("/srv/reports/\0/../x")]
    [InlineData("/srv/reports/x\n")]
    [InlineData("/srv/reports/\u001b[2J")]
    [InlineData("/srv/reports/x.")]
    [InlineData("/srv/reports/x ")]
    [InlineData("/srv/reports/x. .")]
    [InlineData("/srv/reports/.. /x")]
    [InlineData("/srv/reports/.../x")]
    [InlineData("/srv/reports\\x")]
    [InlineData("/srv/reports/..\\..\\etc")]
    [InlineData("\\srv\\reports\\x")]
    [InlineData("srv/reports/x")]
    [InlineData("./srv/reports/x")]
    [InlineData("~/reports/x")]
    [InlineData("")]
    [InlineData(" /srv/reports/x")]
    [InlineData("file:///srv/reports/x")]
    [InlineData("\\\\server\\srv\\reports")]
    [InlineData("//server/share/srv/reports")]
    [InlineData("\\\\?\\C:\\srv\\reports")]
    [InlineData("\\\\.\\C:\\srv\\reports")]
    [InlineData("\\??\\C:\\srv")]
    [InlineData("//?/C:/srv")]
    [InlineData("//./pipe/x")]
    [InlineData("\\\\.\\PhysicalDrive0")]
    [InlineData("C:srv\\reports")]
    [InlineData("C:")]
    [InlineData("C:\\srv\\reports\\..\\x")]
    [InlineData("C:\\srv\\\\reports")]
    [InlineData("C:\\srv\\reports\\x:stream")]
    [InlineData("C:\\srv\\reports\\x::$DATA")]
    [InlineData("C:\\srv\\reports\\x. ")]
    [InlineData("C:/C:/srv")]
    [InlineData("/srv/reports/x:y")]
    public async Task A_path_that_is_not_plain_cannot_be_known(string path)
    {
        await AssertAsync("/srv/reports", path, 'U');
        await AssertAsync("/", path, 'U');
        await AssertAsync("C:/srv/reports", path, 'U');
    }

    [Theory]
    [InlineData("/srv/reports", "/SRV/reports/x")]
    [InlineData("/srv/reports", "/srv/Reports/x")]
    [InlineData("/srv/Reports", "/srv/reports")]
    [InlineData("C:/data", "c:/data/x")]
    [InlineData("C:/data", "C:\\DATA\\x")]
    [InlineData("/srv/é", "/srv/É/x")]
    [InlineData("/srv/Straße", "/srv/STRAßE")]
    public Task Where_only_letter_case_differs_it_is_the_volumes_business(string folder, string path) => AssertAsync(folder, path, 'U');

    [Theory]
    [InlineData("/srv/é", "/srv/e\u0301/x")]
    [InlineData("/srv/é", "/srv/e\u0301")]
    [InlineData("/srv/e\u0301", "/srv/é/x")]
    [InlineData("/srv/e\u0301", "/srv/é")]
    [InlineData("C:/Ⱥ", "C:/ⱥ/x")]
    [InlineData("/srv/a\u200D", "/srv/a")]
    [InlineData("/srv/e\u0301", "/srv/e")]
    public Task Composition_beyond_ASCII_is_the_volumes_business_too(string folder, string path) => AssertAsync(folder, path, 'U');

    [Theory]
    [InlineData("C:/data/CON")]
    [InlineData("C:/data/nul")]
    [InlineData("C:\\data\\aux.txt")]
    [InlineData("C:/data/COM1")]
    [InlineData("C:/data/lpt9.log/x")]
    [InlineData("C:/data/PRN")]
    public Task The_name_of_a_device_below_a_drive_cannot_be_known(string path) => AssertAsync("C:/data", path, 'U');

    [Fact]
    public async Task Every_path_made_of_awkward_pieces_is_either_plain_or_unknown()
    {
        string[] pieces = ["a", ".", "..", "", " ", "a.", "a ", "A", "...", "a\\b", "\0", "..\\", "x:y"];
        await using var host = new ConditionHost("""{ "arg.text": { "within": "/srv" } }""");
        foreach (string one in pieces)
        {
            foreach (string two in pieces)
            {
                string path = "/srv/" + one + "/" + two;
                bool plain = one is "a" or "A" && two is "a" or "A" or "" && one.Length > 0;
                Assert.True(plain == await host.GrantMatchesAsync($$"""{"text":{{JsonSerializer.Serialize(path)}}}"""), path);
                Assert.True(await host.DenyMatchesAsync($$"""{"text":{{JsonSerializer.Serialize(path)}}}"""), path);
            }
        }
    }

    private static Task AssertAsync(string folder, string path, char expected) => ConditionHost.AssertTruthAsync(
        $$"""{ "arg.text": { "within": {{JsonSerializer.Serialize(folder)}} } }""",
        $$"""{"text":{{JsonSerializer.Serialize(path)}}}""",
        expected);
}
