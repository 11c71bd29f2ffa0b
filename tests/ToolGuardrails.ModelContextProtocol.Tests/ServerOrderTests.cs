using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using ToolGuardrails.ModelContextProtocol.Tests.Kit;

namespace ToolGuardrails.ModelContextProtocol.Tests;

/// <summary>docs/mcp.md, What stands around it: the guardrails are outside of every filter of the host's, and a server in which they can't be is refused.</summary>
public sealed class ServerOrderTests
{
    public static TheoryData<bool> Orders() => [true, false];

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_filter_of_the_hosts_sees_no_denied_call_whenever_it_was_added(bool before)
    {
        List<string> seen = [];
        void Add(IMcpServerBuilder builder) => builder.WithRequestFilters(f => f.AddCallToolFilter(next => (request, cancellationToken) =>
        {
            seen.Add(request.Params.Name);
            return next(request, cancellationToken);
        }));
        await using Desk desk = await Desk.OpenAsync(new() { Before = before ? Add : null, After = before ? null : Add });
        await desk.CallAsync("orders_get", """{"id":1}""");
        await desk.CallAsync("orders_get", """{"id":"x"}""");
        Assert.Equal(["orders_get"], seen);
    }

    [Theory]
    [MemberData(nameof(Orders))]
    public async Task A_filter_that_catches_everything_swallows_no_question_to_the_client(bool before)
    {
        void Add(IMcpServerBuilder builder) => builder.WithRequestFilters(static f => f.AddCallToolFilter(static next => async (request, cancellationToken) =>
        {
            try
            {
                return await next(request, cancellationToken);
            }
            catch (Exception)
            {
                return WrittenTool.Text("swallowed");
            }
        }));
        await using Desk desk = await Desk.OpenAsync(new() { Before = before ? Add : null, After = before ? null : Add, Asked = DeskSetup.Yes });
        Assert.Equal("refunds_create ran", Desk.TextOf(await desk.CallAsync("refunds_create", """{"order":1,"amount":5}""")));
    }

    public static TheoryData<string, Func<RequestContext<CallToolRequestParams>, RequestContext<CallToolRequestParams>>> Changes() => new()
    {
        { "arguments", static r => Change(r, p => p.Arguments = new Dictionary<string, JsonElement> { ["id"] = JsonElement.Parse("8") }) },
        { "one argument in place", static r => Change(r, p => p.Arguments!["id"] = JsonElement.Parse("8")) },
        { "name", static r => Change(r, p => p.Name = "orders_secret") },
        { "nothing left", static r => Change(r, p => p.Arguments = null) },
        { "other context", static r => new(r.Server, r.JsonRpcRequest, new() { Name = "orders_secret" }) { MatchedPrimitive = r.Server.ServerOptions.ToolCollection!["orders_secret"] } },
        {
            "matched tool", static r =>
            {
                r.MatchedPrimitive = r.Server.ServerOptions.ToolCollection!["orders_secret"];
                return r;
            }
        },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task A_filter_that_changes_a_decided_call_stops_it(string what, Func<RequestContext<CallToolRequestParams>, RequestContext<CallToolRequestParams>> change)
    {
        Assert.NotEmpty(what);
        await using Desk desk = await Desk.OpenAsync(new() { After = b => b.WithRequestFilters(f => f.AddCallToolFilter(next => (request, cancellationToken) => next(change(request), cancellationToken))) });
        CallToolResult result = await desk.CallAsync("orders_get", """{"id":7}""");

        Assert.True(result.IsError);
        Assert.Empty(desk.Ran);
        await desk.RecordsAsync();
        Assert.Equal("failed", Assert.Single(desk.Sink.Records, static r => r.Kind == AuditRecordKind.Outcome).Status);
    }

    [Fact]
    public async Task A_filter_that_tries_twice_gets_one_run_for_one_decision()
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            After = static b => b.WithRequestFilters(static f => f.AddCallToolFilter(static next => async (request, cancellationToken) =>
            {
                await next(request, cancellationToken);
                return await next(request, cancellationToken);
            })),
        });
        Assert.True((await desk.CallAsync("orders_get", """{"id":7}""")).IsError);
        Assert.Equal(["""orders_get {"id":7}"""], desk.Ran);
    }

    [Fact]
    public void A_filter_that_is_put_around_them_later_is_refused()
    {
        string message = Refused(static b => b.Services.PostConfigure<McpServerOptions>(static o => o.Filters.Request.CallToolFilters.Insert(0, static next => next)));
        Assert.Contains("A filter was put around the guardrails", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_that_is_put_behind_them_later_is_refused() =>
        Assert.Contains("A filter was put around the guardrails", Refused(static b => b.Services.PostConfigure<McpServerOptions>(static o => o.Filters.Request.ReadResourceFilters.Add(static next => next))), StringComparison.Ordinal);

    [Fact]
    public void A_filter_that_is_taken_away_later_is_missed() =>
        Assert.Contains("A filter was put around the guardrails", Refused(static b => b.Services.PostConfigure<McpServerOptions>(static o => o.Filters.Request.CompleteFilters.Clear())), StringComparison.Ordinal);

    // The SDK refuses it: nothing of the ordinary pipeline would be left.
    [Fact]
    public void A_handler_that_replaces_the_whole_pipeline_is_refused() =>
        Assert.Throws<InvalidOperationException>(static () => Build(static b => b.Services.Configure<McpServerOptions>(static o => o.Handlers.CallToolWithAlternateHandler = static (_, _) => new(new ResultOrAlternate<CallToolResult>(WrittenTool.Text("around"))))));

    // Such filters run outside, for tasks and for authorisation. What they hand on is decided as always.
    [Fact]
    public async Task What_an_alternate_filter_hands_on_is_decided_as_always()
    {
        List<string> seen = [];
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Server = o => o.Filters.Request.CallToolWithAlternateFilters.Add((request, next, cancellationToken) =>
            {
                seen.Add(request.Params.Name);
                return next(request, cancellationToken);
            }),
        });
        await desk.CallAsync("refunds_create", """{"order":1,"amount":5000}""");
        await desk.CallAsync("orders_get", """{"id":7}""");
        Assert.Equal(["refunds_create", "orders_get"], seen);
        Assert.Equal(["""orders_get {"id":7}"""], desk.Ran);
        Assert.Equal(["deny", "allow"], (await desk.DecisionsAsync()).Select(static d => d.Effect));
    }

    // The SDK matches the name anew behind such filters.
    [Fact]
    public async Task An_alternate_filter_cant_put_another_tool_in_the_place_of_the_one_that_is_judged()
    {
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Server = static o => o.Filters.Request.CallToolWithAlternateFilters.Add(static (request, next, cancellationToken) =>
            {
                request.MatchedPrimitive = request.Server.ServerOptions.ToolCollection!["orders_secret"];
                return next(request, cancellationToken);
            }),
        });
        await desk.CallAsync("orders_get", """{"id":7}""");
        Assert.Equal(["""orders_get {"id":7}"""], desk.Ran);
    }

    // As a server with tasks does it: nobody is there any more who could be asked.
    [Fact]
    public async Task What_an_alternate_filter_runs_in_the_background_waits_for_people_in_the_store()
    {
        Task<Exception>? background = null;
        await using Desk desk = await Desk.OpenAsync(new()
        {
            Asked = static _ => throw new InvalidOperationException("asked"),
            Server = o => o.Filters.Request.CallToolWithAlternateFilters.Add((request, next, cancellationToken) =>
            {
                background = Record.ExceptionAsync(async () => await next(request, CancellationToken.None));
                return new(new ResultOrAlternate<CallToolResult>(WrittenTool.Text("begun")));
            }),
        });
        Assert.Equal("begun", Desk.TextOf(await desk.CallAsync("refunds_create", """{"order":1,"amount":5}""")));
        Assert.IsType<InputRequiredException>(await background!);
        Assert.Empty(desk.Ran);
        Assert.Equal(ApprovalStatus.Pending, Assert.Single(await desk.Pipeline.Approvals.ReadAsync()).Status);
    }

    [Theory]
    [InlineData("tools/call", true, "would answer past the guardrails")]
    [InlineData("resources/read", true, "would answer past the guardrails")]
    [InlineData("tasks/get", false, "nobody here can stop")]
    public void A_raw_handler_is_refused(string method, bool letPass, string because)
    {
        List<string> told = [];
        string message = Refused(b => b.Services.Configure<McpServerOptions>(o => o.RequestHandlers = [Raw(method)]), new() { LetPass = letPass ? told.Add : null });
        Assert.Contains(because, message, StringComparison.Ordinal);
        Assert.Contains($"'{method}'", message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_raw_handler_that_the_host_lets_pass_is_told_to_it()
    {
        List<string> told = [];
        Build(static b => b.Services.Configure<McpServerOptions>(static o => o.RequestHandlers = [Raw("tasks/get")]), new() { LetPass = told.Add });
        Assert.Equal(["tasks/get"], told);
    }

    [Fact]
    public void A_server_without_guardrails_or_with_a_policy_that_cant_be_read_isnt_made()
    {
        Assert.Contains("call services.AddGuardrails()", Assert.Throws<InvalidOperationException>(static () => Make(new ServiceCollection(), static _ => { })).Message, StringComparison.Ordinal);
        var services = new ServiceCollection();
        services.AddGuardrails(static p => p.LoadFile("nowhere.json")).AddAuditSink(new CollectingAuditSink());
        Assert.Throws<FileNotFoundException>(() => Make(services, static _ => { }));
    }

    [Fact]
    public void A_server_is_guarded_once() =>
        Assert.Contains("guarded already", Assert.Throws<InvalidOperationException>(static () => Build(static b => b.WithGuardrails("desk"))).Message, StringComparison.Ordinal);

    private static RequestContext<CallToolRequestParams> Change(RequestContext<CallToolRequestParams> request, Action<CallToolRequestParams> change)
    {
        change(request.Params);
        return request;
    }

    private static McpServerRequestHandler Raw(string method) => new() { Method = method, Handler = static (_, _) => default };

    private static string Refused(Action<IMcpServerBuilder> after, GuardedServerOptions? options = null) =>
        Assert.Throws<OptionsValidationException>(() => Build(after, options)).Message;

    private static void Build(Action<IMcpServerBuilder> after, GuardedServerOptions? options = null)
    {
        var services = new ServiceCollection();
        services.AddGuardrails().AddAuditSink(new CollectingAuditSink());
        Make(services, after, options);
    }

    private static void Make(ServiceCollection services, Action<IMcpServerBuilder> after, GuardedServerOptions? options = null)
    {
        after(services.AddMcpServer().WithStreamServerTransport(Stream.Null, Stream.Null).WithTools([new WrittenTool(WrittenTool.Declare("a"), static (_, _) => new(WrittenTool.Text("a")))]).WithGuardrails("desk", options: options));
        ServiceProvider provider = services.BuildServiceProvider();
        try
        {
            provider.GetRequiredService<McpServer>();
        }
        finally
        {
            provider.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }
}
