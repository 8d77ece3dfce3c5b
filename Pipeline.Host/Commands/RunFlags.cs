using System.Net;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Devices;

namespace Pipeline.Host.Commands;

/// <summary>The flags of <c>run</c>. Null for a flag that was not given.</summary>
internal sealed record RunFlags
{
    public string? Read { get; init; }

    /// <summary>Captures that are read after it.</summary>
    public IReadOnlyList<string> LaterReads { get; init; } = [];

    public InterfaceFlag? Interface { get; init; }

    public PacketDirection? Direction { get; init; }

    public bool IsNotPromiscuous { get; init; }

    /// <summary>A traffic profile, or a capture whose packets are simulated.</summary>
    public string? Simulate { get; init; }

    public long? Seed { get; init; }

    public string? Rules { get; init; }

    public string? Configuration { get; init; }

    /// <summary>Configurations that lie over it, the later over the earlier.</summary>
    public IReadOnlyList<string> LaterConfigurations { get; init; } = [];

    /// <summary>All configurations, the lowest first.</summary>
    public IReadOnlyList<string> Configurations => Configuration is null ? [] : [Configuration, .. LaterConfigurations];

    public string? Write { get; init; }

    public string? SplitFolder { get; init; }

    public string? Expression { get; init; }

    public long? Count { get; init; }

    public int? SnapLength { get; init; }

    public TimeSpan? StopAfter { get; init; }

    public RotateOptions? Rotate { get; init; }

    /// <summary>Whether a capture is written as packets come, and not when a buffer is full.</summary>
    public bool IsFlushedAtOnce { get; init; }

    /// <summary>Infinite for as fast as possible.</summary>
    public double? ReplaySpeed { get; init; }

    /// <summary><see cref="DashboardOptions.Off"/> for none.</summary>
    public IPEndPoint? Dashboard { get; init; }

    /// <summary>Whether the server refuses every change.</summary>
    public bool IsReadOnly { get; init; }

    /// <summary>The path that the server has everything below; empty for none.</summary>
    public string? BasePath { get; init; }

    /// <summary>Whether a server is started even if nothing asks for one, unless it is turned off.</summary>
    public bool IsServedUnlessOff { get; init; }

    public bool Json { get; init; }

    /// <summary>Whether the number of packets is printed, and nothing else.</summary>
    public bool CountsOnly { get; init; }

    public PrintFlags Printing { get; init; } = new();

    public bool Quiet { get; init; }

    public bool Verbose { get; init; }

    public bool NoColor { get; init; }

    /// <exception cref="UsageException">Flags contradict each other.</exception>
    public RunFlags Checked()
    {
        if (Rotate is not null && Write is null && SplitFolder is null) throw new UsageException("-b says when a capture goes on in a new file, as -C and -G do, and -a files: and filesize: when it ends; give -w FILE or --split DIR too");
        if (Rotate is not null && Write == "-") throw new UsageException("-b cannot start a new file on standard output, nor -a end one; give -w a file name");
        if (Rotate?.LastFile is not null && SplitFolder is not null) throw new UsageException("-a files:, -a filesize: and -W with -G are for the one capture of -w; --split writes several");
        if (Rotate?.Duration is not null && Write?.Contains('%') == true) throw new UsageException($"-w {Write}: times are not put in place of %; files are named by number and time, NAME_00001_YYYYMMDDHHMMSS");
        if (LaterReads.Prepend(Read).Count(r => r == "-") > 1) throw new UsageException("-r -: standard input can be read once");
        if (Read is not null && Simulate is not null) throw new UsageException("-r and --sim are two sources of packets; give one of them");
        if (Interface is not null && Read is not null) throw new UsageException("-r and -i are two sources of packets; give one of them");
        if (Interface is not null && Simulate is not null) throw new UsageException("-i and --sim are two sources of packets; give one of them");
        if (Interface is not null && Seed is not null) throw new UsageException("--seed is the simulator's; an interface has its packets from the wire");
        if (Interface is not null && ReplaySpeed is not null) throw new UsageException("--replay-speed is for captures read with -r; an interface has the speed of its wire");
        if (Read is not null && Seed is not null) throw new UsageException("--seed is the simulator's; a capture has its packets already");
        if (Simulate is not null && ReplaySpeed is not null) throw new UsageException("--replay-speed is for captures read with -r; a simulated NIC's speed is `rate` in source { sim { } }");
        if (Quiet && Verbose) throw new UsageException("-q and -v ask for opposite things");
        if (CountsOnly && Json) throw new UsageException("--count prints a number to standard output, and --json the report; give one of them (the report has the number, as selected.packets)");
        if (CountsOnly && Printing.IsAskedFor) throw new UsageException("--count prints a number to standard output, and --print the packets; give one of them");
        var files = new[] { ("-r", Read), ("--sim", Simulate), ("-w", Write), ("--rules", Rules), ("--config", Configuration), ("--split", SplitFolder) };
        foreach (var (flag, file) in files.Concat(LaterReads.Select(f => ("-r", (string?)f))).Concat(LaterConfigurations.Select(f => ("--config", (string?)f))))
        {
            if (file is "") throw new UsageException($"{flag}: the file name is empty");
        }

        if (Write is not null && CompressedOutput.RefuseCapture(Write) is { } refusal) throw new UsageException($"-w {Write}: {refusal}");

        return this;
    }
}
