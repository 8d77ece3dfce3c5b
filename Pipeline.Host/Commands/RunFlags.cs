using System.Net;
using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Commands;

/// <summary>What the command line of <c>run</c> asks for. Null where a flag was not given.</summary>
internal sealed record RunFlags
{
    public string? Read { get; init; }

    public string? Rules { get; init; }

    public string? Configuration { get; init; }

    public string? Write { get; init; }

    public string? SplitFolder { get; init; }

    public string? Expression { get; init; }

    public long? Count { get; init; }

    public int? SnapLength { get; init; }

    public TimeSpan? StopAfter { get; init; }

    public RotateOptions? Rotate { get; init; }

    /// <summary>Infinite for as fast as possible.</summary>
    public double? ReplaySpeed { get; init; }

    /// <summary><see cref="DashboardOptions.Off"/> for none.</summary>
    public IPEndPoint? Dashboard { get; init; }

    public bool Json { get; init; }

    public bool Quiet { get; init; }

    public bool Verbose { get; init; }

    public bool NoColor { get; init; }

    /// <exception cref="UsageException">Flags that do not go together.</exception>
    public RunFlags Checked()
    {
        if (Rotate is not null && Write is null && SplitFolder is null) throw new UsageException("-b says when a capture goes on in a new file; give -w FILE or --split DIR too");
        if (Rotate is not null && Write == "-") throw new UsageException("-b cannot start a new file on standard output; give -w a file name");
        if (Quiet && Verbose) throw new UsageException("-q and -v ask for opposite things");
        foreach (var (flag, file) in new[] { ("-r", Read), ("-w", Write), ("--rules", Rules), ("--config", Configuration), ("--split", SplitFolder) })
        {
            if (file is "") throw new UsageException($"{flag}: the file name is empty");
        }

        return this;
    }
}
