using System.Security.Cryptography;
using ToolGuardrails.Audit;

namespace ToolGuardrails.Tests.AuditNotes;

public sealed class NoteKeyFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string KeyPath => _folder.Combine("keys", "log", "signing.pem");

    private string LogPath => _folder.Combine("log");

    [Fact]
    public void A_key_is_made_once_and_found_again()
    {
        string made = Key(KeyPath);
        Assert.Equal(made, Key(KeyPath));
        Assert.NotEqual(made, Key(_folder.Combine("other.pem")));
        Assert.Equal(["signing.pem"], Directory.GetFiles(_folder.Combine("keys", "log")).Select(Path.GetFileName));
        using EcdsaNoteSigner loaded = EcdsaNoteSigner.Load(Notes.Origin, KeyPath, LogPath);
        Assert.Equal(made, loaded.VerifierKey);
    }

    [Fact]
    public void The_key_and_its_folder_can_be_reached_by_their_owner_only()
    {
        Key(KeyPath);
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(KeyPath)!));
        }
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.GroupWrite)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_key_that_others_can_reach_is_refused_with_the_way_out(UnixFileMode others)
    {
        Key(KeyPath);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(KeyPath, File.GetUnixFileMode(KeyPath) | others);
            Assert.Contains("chmod 600", Refused(KeyPath), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("signing.pem")]
    [InlineData("keys/signing.pem")]
    [InlineData("../log/signing.pem")]
    [InlineData("../else/../log/signing.pem")]
    public void A_key_inside_the_log_is_refused(string path)
    {
        Assert.Contains("inside the audit log", Refused(Path.Combine(LogPath, path)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(LogPath));
    }

    [Fact]
    public void A_key_that_a_link_leads_into_the_log_is_refused()
    {
        Directory.CreateDirectory(LogPath);
        Directory.CreateSymbolicLink(_folder.Combine("keys"), "log");
        Directory.CreateSymbolicLink(_folder.Combine("again"), _folder.Combine("keys"));
        Assert.Contains("inside the audit log", Refused(_folder.Combine("again", "deep", "signing.pem")), StringComparison.Ordinal);
        File.CreateSymbolicLink(_folder.Combine("signing.pem"), Path.Combine("again", "signing.pem"));
        Assert.Contains("inside the audit log", Refused(_folder.Combine("signing.pem")), StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(LogPath));
    }

    [Fact]
    public void A_log_that_is_itself_reached_by_a_link_is_recognised()
    {
        Directory.CreateDirectory(_folder.Combine("real"));
        Directory.CreateSymbolicLink(LogPath, _folder.Combine("real"));
        Assert.Contains("inside the audit log", Refused(_folder.Combine("real", "signing.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public void Links_in_a_circle_are_refused_and_not_followed_for_ever()
    {
        Directory.CreateSymbolicLink(_folder.Combine("a"), "b");
        Directory.CreateSymbolicLink(_folder.Combine("b"), "a");
        Assert.Contains("links", Refused(_folder.Combine("a", "signing.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_beside_the_log_or_above_it_or_in_a_folder_with_a_like_name_is_taken()
    {
        Key(_folder.Combine("signing.pem"));
        Key(_folder.Combine("log-keys", "signing.pem"));
        Key(_folder.Combine("log.pem"));
    }

    [Fact]
    public void A_file_that_is_not_a_whole_key_is_refused_and_kept()
    {
        Key(KeyPath);
        string pem = File.ReadAllText(KeyPath);
        using ECDsa large = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        foreach (string text in (string[])["", "nonsense", pem[..(pem.Length / 2)], large.ExportPkcs8PrivateKeyPem(), key.ExportSubjectPublicKeyInfoPem(), new string('x', 20_000)])
        {
            File.WriteAllText(KeyPath, text);
            Assert.Contains(KeyPath, Refused(KeyPath), StringComparison.Ordinal);
            Assert.Equal(text, File.ReadAllText(KeyPath));
        }
    }

    [Fact]
    public void A_missing_key_of_an_existing_log_is_not_replaced()
    {
        string message = Assert.Throws<InvalidOperationException>(() => EcdsaNoteSigner.Load(Notes.Origin, KeyPath, LogPath)).Message;
        Assert.Contains("is missing", message, StringComparison.Ordinal);
        Assert.False(File.Exists(KeyPath));
    }

    [Fact]
    public void A_folder_that_cannot_be_made_is_told()
    {
        File.WriteAllText(_folder.Combine("file"), "x");
        Assert.Contains("only this user can reach", Refused(_folder.Combine("file", "signing.pem")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Many_who_start_at_once_get_one_key()
    {
        using var start = new ManualResetEventSlim();
        Task<string>[] racers = [.. Enumerable.Range(0, 16).Select(_ => Task.Factory.StartNew(
            () =>
            {
                start.Wait();
                return Key(KeyPath);
            },
            CancellationToken.None,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default))];
        start.Set();
        Assert.Single((await Task.WhenAll(racers)).Distinct());
        Assert.Equal(["signing.pem"], Directory.GetFiles(Path.GetDirectoryName(KeyPath)!).Select(Path.GetFileName));
    }

    public void Dispose() => _folder.Dispose();

    private string Key(string path)
    {
        using EcdsaNoteSigner signer = EcdsaNoteSigner.LoadOrCreate(Notes.Origin, path, LogPath);
        return signer.VerifierKey;
    }

    private string Refused(string path) => Assert.Throws<InvalidOperationException>(() => EcdsaNoteSigner.LoadOrCreate(Notes.Origin, path, LogPath)).Message;
}
