using System.Net;
using System.Net.Sockets;
using System.Text;
using ToolGuardrails.Cli;

namespace ToolGuardrails.Tests.Hooks;

[Trait("Speed", "slow")]
public sealed class ServeTests : IAsyncLifetime, IDisposable
{
    private readonly HookFolder _desk = new(hasStore: true);
    private readonly CancellationTokenSource _stop = new();
    private readonly HttpClient _client = new();
    private readonly int _port = FreePort();
    private Task<int>? _serving;
    private string _token = "";

    public async Task InitializeAsync()
    {
        var listening = new TaskCompletionSource();
        _serving = Task.Run(() => GuardrailsCommand.InvokeAsync(["serve", .. _desk.Arguments[1..], "--port", $"{_port}"], new Waiting(listening), TextWriter.Null, _stop.Token));
        await await Task.WhenAny(listening.Task, _serving);
        _token = File.ReadAllText(Path.Combine(_desk.Audit + ".calls", "token"));
    }

    public Task DisposeAsync() => StopAsync();

    public void Dispose()
    {
        _stop.Dispose();
        _client.Dispose();
        _desk.Dispose();
    }

    [Fact]
    public async Task Events_are_answered_as_by_the_command_and_a_denial_is_status_200()
    {
        Assert.Equal((HttpStatusCode.OK, ""), await PostAsync(HookFolder.Before("Read")));
        Assert.Equal((HttpStatusCode.OK, ""), await PostAsync(HookFolder.After("Read")));
        (HttpStatusCode code, string said) = await PostAsync(HookFolder.Before("Nothing"));
        Assert.Equal(HttpStatusCode.OK, code);
        Assert.Contains("\"permissionDecision\":\"deny\"", said, StringComparison.Ordinal);
        Assert.Contains("\"deny\"", (await PostAsync("nonsense")).Said, StringComparison.Ordinal);
        await StopAsync();
        Assert.Equal((1, 2), (_desk.Allowed, _desk.Records("decision").Count));
        Assert.Single(_desk.Records("outcome"));
    }

    [Fact]
    public async Task A_call_waits_for_people_while_others_are_answered()
    {
        Task<(HttpStatusCode Code, string Said)> waiting = PostAsync(HookFolder.Before("Bash"));
        ApprovalRequest request = await _desk.RequestAsync();
        Assert.Equal("", (await PostAsync(HookFolder.Before("Read", use: "toolu_2"))).Said);
        using (SqliteGuardrailStore store = SqliteGuardrailStore.Open(_desk.Store))
        {
            await new ApprovalInbox(store, store).DecideAsync(request.Id, ApprovalResponse.Approve(new ApproverIdentity(new Principal("os", Environment.UserName), [])));
        }

        Assert.Equal("", (await waiting).Said);
    }

    [Theory]
    [InlineData("token")]
    [InlineData("no-token")]
    [InlineData("host")]
    [InlineData("origin")]
    [InlineData("get")]
    public async Task Whoever_is_not_the_installation_is_turned_away(string wrong)
    {
        string token = wrong switch { "token" => new string('0', 64), "no-token" => "", _ => _token };
        using var request = new HttpRequestMessage(wrong == "get" ? HttpMethod.Get : HttpMethod.Post, $"http://127.0.0.1:{_port}/{token}");
        if (wrong != "get")
        {
            request.Content = new StringContent(HookFolder.Before("Read"));
        }

        if (wrong == "origin")
        {
            request.Headers.Add("Origin", "https://evil.example");
        }

        request.Headers.Host = wrong == "host" ? $"evil.example:{_port}" : null;
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.Contains(response.StatusCode, (HttpStatusCode[])[HttpStatusCode.Forbidden, HttpStatusCode.NotFound, HttpStatusCode.BadRequest]);
        await StopAsync();
        Assert.Empty(_desk.Records("decision"));
    }

    [Fact]
    public async Task The_token_may_stand_in_a_header()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:{_port}/") { Content = new StringContent(HookFolder.Before("Read")) };
        request.Headers.Authorization = new("Bearer", _token);
        using HttpResponseMessage response = await _client.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private async Task<(HttpStatusCode Code, string Said)> PostAsync(string told)
    {
        using var content = new StringContent(told, Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync(new Uri($"http://127.0.0.1:{_port}/{_token}"), content);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private async Task StopAsync()
    {
        await _stop.CancelAsync();
        Assert.Contains(await _serving!, (int[])[ExitCode.Done, ExitCode.Cancelled]);
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private sealed class Waiting(TaskCompletionSource listening) : StringWriter
    {
        public override void Flush() => listening.TrySetResult();
    }
}
