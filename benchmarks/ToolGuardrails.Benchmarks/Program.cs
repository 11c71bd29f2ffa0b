using BenchmarkDotNet.Running;
using ToolGuardrails.Benchmarks;

BenchmarkSwitcher.FromAssembly(typeof(PipelineBenchmarks).Assembly).Run(args);
