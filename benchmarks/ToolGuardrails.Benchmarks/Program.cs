using BenchmarkDotNet.Running;
using ToolGuardrails.Benchmarks;
using ToolGuardrails.Benchmarks.Audit;

if (args is ["audit"])
{
    await AuditComparison.RunAsync();
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run(args);
