using ToolGuardrails;

namespace CustomSink;

public sealed class TableSinkTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("table-sink-");
    private int _files;

    public static TheoryData<string> Checks => [.. AuditSinkContract.Checks];

    [Theory]
    [MemberData(nameof(Checks))]
    public Task The_sink_keeps_what_every_sink_has_to(string check) =>
        AuditSinkContract.CheckAsync(check, NewSink, static sink => new(sink.Read()), static sink => { sink.Dispose(); return default; });

    [Fact]
    public async Task A_whole_call_can_be_asked_for()
    {
        using TableSink sink = NewSink();
        GuardrailPolicy policy = GuardrailPolicy.Starter("clerk", "maria.ortiz@example.com", [ToolInfo.Named("orders.get").AsReadOnly()]);
        await using (GuardrailTestHost host = GuardrailTestHost.Create(policy, o => o.Sinks.Add(new AuditSinkRegistration(sink))))
        {
            await host.StartSession("clerk").InvokeAsync("orders.get", ToolArguments.FromJson("""{"id":1}"""), static (_, _) => new ValueTask<string>("on its way"));
        }

        Assert.Equal(3, sink.Read().Count); // The policy, the decision and the outcome.
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private TableSink NewSink() => new(Path.Combine(_folder.FullName, $"{Interlocked.Increment(ref _files)}.db"));
}
