using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Running;
using Pipeline.Benchmarks;
using Pipeline.Benchmarks.Captures;
using Pipeline.Benchmarks.Links;

return args switch
{
    ["generate", .. var rest] => GenerateCommand.Run(rest),
    ["soak", .. var rest] => Soak.Run(rest),
    ["link", .. var rest] => LinkCommand.Run(rest),
    _ => RunBenchmarks(args),
};

static int RunBenchmarks(string[] args)
{
    BenchmarkSwitcher.FromAssembly(typeof(Soak).Assembly).Run(args, ManualConfig.Union(DefaultConfig.Instance, new MicroConfig()));
    return 0;
}
