using System.Text.Json;
using Microsoft.Extensions.AI;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>A pipeline with one session and its tools, as a host would have them.</summary>
internal sealed class GovernedCalls : IDisposable
{
    public const string Policy = """
        {
          "version": 1, "name": "benchmark",
          "tools": {
            "orders.get": { "access": ["read"], "tier": "low", "arguments": { "id": "integer", "region": "string", "link": "string" } },
            "orders.any": { "access": ["read"], "tier": "low" },
            "orders.list": { "access": ["read"], "tier": "low" }
          },
          "agents": {
            "clerk": {
              "owner": "maria.ortiz@example.com", "tier": "low",
              "grants": [ { "id": "any", "tools": "orders.any" }, { "id": "get", "tools": "orders.get", "where": { "arg.region": { "equals": "north" } } } ]
            }
          }
        }
        """;

    public static readonly byte[] Order = """{"id":4711,"region":"north","link":"https://shop.example/orders/4711"}"""u8.ToArray();
    public static readonly byte[] OtherRegion = """{"id":4711,"region":"south","link":"https://shop.example/orders/4711"}"""u8.ToArray();

    private static readonly Func<ToolArguments, int> Tool = static _ => 42;
    private readonly GuardrailPipeline _pipeline;

    public GovernedCalls(IAuditSink sink, GuardrailPolicy? policy = null, string agent = "clerk", params IToolGuard[] guards)
    {
        var options = new GuardrailOptions
        {
            Policy = policy ?? GuardrailPolicy.Parse(Policy),
            Audit = { CommitmentKey = new byte[32], MaxQueuedBytes = 512 * 1024 * 1024 }, // A slice never waits for room.
            Sinks = { new AuditSinkRegistration(sink) },
        };
        foreach (IToolGuard guard in guards)
        {
            options.Guards.Add(guard);
        }

        _pipeline = GuardrailPipeline.Create(options);
        Session = _pipeline.StartSession(agent, new Principal("https://id.example.com", "u-17"));
    }

    public AgentSession Session { get; }

    /// <summary>Calls of a bound tool, with arguments that have been read before.</summary>
    public Work Invoke(string tool, byte[] json, bool allowed = true)
    {
        ToolBinding binding = Session.Bind(tool);
        ToolArguments arguments = ToolArguments.FromUtf8(json);
        Check(Completed.ResultOf(binding.InvokeSynchronousAsync(arguments, Tool)).Executed == allowed);
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                _ = Completed.ResultOf(binding.InvokeSynchronousAsync(arguments, Tool));
            }
        })
        { Settle = Settle };
    }

    /// <summary>The same, by name.</summary>
    public Work InvokeByName(string tool, byte[] json)
    {
        ToolArguments arguments = ToolArguments.FromUtf8(json);
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                _ = Completed.ResultOf(Session.InvokeSynchronousAsync(tool, arguments, Tool));
            }
        })
        { Settle = Settle };
    }

    /// <summary>Decisions without a run.</summary>
    public Work Evaluate(string tool, byte[] json)
    {
        ToolBinding binding = Session.Bind(tool);
        ToolArguments arguments = ToolArguments.FromUtf8(json);
        Check(Completed.ResultOf(binding.EvaluateAsync(arguments)).IsAllowed);
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                _ = Completed.ResultOf(binding.EvaluateAsync(arguments));
            }
        });
    }

    /// <summary>Intake of arguments and a decision on them.</summary>
    public Work Intake(string tool, byte[] json)
    {
        ToolBinding binding = Session.Bind(tool);
        Check(Completed.ResultOf(binding.EvaluateAsync(Session.ReadArguments(json))).IsAllowed);
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                _ = Completed.ResultOf(binding.EvaluateAsync(Session.ReadArguments(json)));
            }
        });
    }

    /// <summary>Calls of a tool whose task completes later.</summary>
    public Work InvokeLater(string tool, byte[] json)
    {
        ToolBinding binding = Session.Bind(tool);
        ToolArguments arguments = ToolArguments.FromUtf8(json);
        var later = new Later();
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                ValueTask<ToolOutcome<int>> running = binding.InvokeAsync(arguments, later, static (l, _, _) => l.WaitAsync());
                later.Complete();
                _ = Completed.ResultOf(running);
            }
        })
        { Settle = Settle };
    }

    /// <summary>Calls of a function of Microsoft.Extensions.AI, as a loop that invokes functions makes them.</summary>
    public Work Function(string tool, byte[] json, bool guarded)
    {
        AIFunction function = new NamedFunction(tool);
        function = guarded ? function.WithGuardrails(Session) : function;
        var arguments = new AIFunctionArguments(JsonElement.Parse(json).EnumerateObject().ToDictionary(static m => m.Name, static m => (object?)m.Value));
        Check(Completed.ResultOf(function.InvokeAsync(arguments)) is "42");
        return new(count =>
        {
            for (int i = 0; i < count; i++)
            {
                _ = Completed.ResultOf(function.InvokeAsync(arguments));
            }
        })
        { Settle = Settle };
    }

    public void Dispose() => _pipeline.Dispose();

    // What is recorded behind everything else is written last.
    private void Settle() => Session.RecordOutputAsync("settled").AsTask().GetAwaiter().GetResult();

    private static void Check(bool holds)
    {
        if (!holds)
        {
            throw new InvalidOperationException("A call went another way than the one that is measured.");
        }
    }

    private sealed class NamedFunction(string name) : AIFunction
    {
        public override string Name => name;

        protected override ValueTask<object?> InvokeCoreAsync(AIFunctionArguments arguments, CancellationToken cancellationToken) => new("42");
    }
}
