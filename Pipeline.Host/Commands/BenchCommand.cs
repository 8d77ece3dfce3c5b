using System.CommandLine;

namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench</c>: what parts of the program cost on this machine.</summary>
internal sealed class BenchCommand : Verb
{
    private readonly Verb[] _benches = [new BenchClassifyCommand(), new BenchHandoffCommand()];

    public BenchCommand()
        : base("bench", "measure on this machine")
    {
        foreach (var bench in _benches) Add(bench);
    }

    public override IReadOnlyList<(string Command, string Purpose)> Examples => [.. _benches.SelectMany(b => b.Examples)];

    public override Task<int> Execute(ParseResult line, Terminal terminal, Parts parts) =>
        throw new UsageException($"bench what? there are {string.Join(", ", _benches.Select(b => b.Name))}");
}
