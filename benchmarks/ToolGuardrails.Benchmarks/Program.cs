using BenchmarkDotNet.Running;
using ToolGuardrails.Benchmarks.Audit;
using ToolGuardrails.Benchmarks.Gateway;
using ToolGuardrails.Benchmarks.Hooks;
using ToolGuardrails.Benchmarks.Soak;
using ToolGuardrails.Benchmarks.Suites;
using ToolGuardrails.Benchmarks.Summary;

if (args is ["audit"])
{
    await AuditComparison.RunAsync();
    return 0;
}

if (args is ["hook", var program, var empty])
{
    await new HookComparison(program, empty).RunAsync();
    return 0;
}

if (args is ["soak", .. var seconds])
{
    await new SoakRun(TimeSpan.FromSeconds(seconds is [var text] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 10)).RunAsync();
    return 0;
}

if (args is ["gateway"])
{
    await GatewayLatency.RunAsync();
    return 0;
}

if (args is ["summary", .. var rest])
{
    return await SummaryTable.RunAsync(rest);
}

BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run(args);
return 0;
