using Pipeline.Actors.Configuration;
using Pipeline.Actors.Setup;
using Pipeline.Host.Commands;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Running;

/// <summary>The top layer of the configuration: the flags of <c>run</c>.</summary>
internal static class FlagLayer
{
    /// <summary>The consumer behind <c>-w</c>.</summary>
    public const string Capture = "capture";

    /// <summary>The consumer behind <c>--print</c>.</summary>
    public const string Print = "print";

    /// <summary>The consumer behind <c>--split</c>.</summary>
    public const string Split = "split";

    /// <exception cref="UsageException">The flags need a consumer name that the configuration uses for another.</exception>
    public static PipelineOptions Apply(PipelineOptions options, RunFlags flags)
    {
        var prints = Prints(options, flags);
        var configured = options;
        options = options with { Source = SourceOf(options.Source, flags) };
        options = options with { Dashboard = Served(options.Dashboard, flags) };
        if (flags.SplitFolder is { } folder) options = WithSplit(options, folder, flags.Rotate);
        if (flags.Write is { } file) options = WithCapture(options, file, flags);
        if (flags.SnapLength is { } length) options = WithSnapLength(options, length);
        return prints ? WithPrint(options, flags, ShowsFate(configured, flags)) : options;
    }

    private static DashboardOptions Served(DashboardOptions configured, RunFlags flags) => configured with
    {
        Address = flags.Dashboard ?? configured.Address,
        ReadOnly = configured.ReadOnly || flags.IsReadOnly,
        BasePath = flags.BasePath ?? configured.BasePath,
    };

    /// <summary>Whether packets go to standard output as lines.</summary>
    public static bool Prints(PipelineOptions options) => options.Consumers.Values.Any(c => c.Print is not null);

    /// <summary>Packets are printed where that is asked for, and where somebody who names them wants nothing else done with them.</summary>
    private static bool Prints(PipelineOptions options, RunFlags flags)
    {
        if (flags.Printing.IsAskedFor) return true;
        var isNamed = flags.Write is not null || flags.SplitFolder is not null || flags.Json || flags.CountsOnly || options.Routes.Count > 0;
        return !isNamed && (flags.Expression is not null || flags.Printing.IsMeant);
    }

    private static bool ShowsFate(PipelineOptions configured, RunFlags flags) => (flags.Rules ?? configured.Rules) is not null || configured.Routes.Count > 0;

    private static SourceOptions SourceOf(SourceOptions source, RunFlags flags)
    {
        // A source that a flag names takes the place of the configured one, with all that was said of how to read that.
        if (flags.Interface is { } wanted)
            source = Wanted(source, wanted);
        else if (flags.Read is not null || flags.Simulate is not null)
            source = new SourceOptions { File = source.File, LaterFiles = source.LaterFiles, Sim = source.Sim, Offload = source.Offload, Pool = source.Pool, ReplaySpeed = source.ReplaySpeed };
        if (source.Interface is not null) return OfInterface(source, flags);
        if (flags.Direction is not null) throw new UsageException("-Q is for interfaces; give -i IF too");
        if (flags.IsNotPromiscuous) throw new UsageException("-p is for interfaces; give -i IF too");
        return source with
        {
            File = flags.Simulate is null ? flags.Read ?? source.File : null,
            LaterFiles = flags.Read is not null ? flags.LaterReads : flags.Simulate is null ? source.LaterFiles : [],
            Sim = flags.Read is null ? SimOf(source.Sim, flags) : null,
            ReplaySpeed = flags.ReplaySpeed is { } speed ? (double.IsFinite(speed) ? speed : null) : source.ReplaySpeed,
        };
    }

    private static SourceOptions OfInterface(SourceOptions source, RunFlags flags)
    {
        if (flags.Seed is not null) throw new UsageException("--seed is the simulator's; give --sim PROFILE too");
        if (flags.ReplaySpeed is not null) throw new UsageException("--replay-speed is for captures; give -r FILE too");
        return source with
        {
            Direction = flags.Direction ?? source.Direction,
            IsPromiscuous = source.IsPromiscuous && !flags.IsNotPromiscuous,
        };
    }

    /// <summary>
    /// What the flag leaves open the configuration says, except that queues and mode that it gives to one backend mean nothing to another.
    /// </summary>
    private static SourceOptions Wanted(SourceOptions source, InterfaceFlag wanted)
    {
        if (wanted.Backend is { } other && other != source.Backend) source = source with { Backend = other, Queues = null, Mode = null };
        return source with { File = null, LaterFiles = [], Sim = null, Interface = wanted.Name, Queues = wanted.Queues ?? source.Queues };
    }

    /// <summary>
    /// Without an expression the simulated wire ends at the count. All queues then agree on the last packet. If each queue counted what it
    /// receives, another queue would get the last packet in every run.
    /// </summary>
    private static SimulatedOptions? SimOf(SimulatedOptions? sim, RunFlags flags)
    {
        if (flags.Simulate is { } what)
        {
            sim ??= new SimulatedOptions();
            sim = SimulatedOptions.TryReadProfile(what, out var profile) ? sim with { Profile = profile, Capture = null }
                : File.Exists(what) ? sim with { Capture = what }
                : throw new UsageException($"--sim {what}: expected a profile ({SimulatedOptions.ProfileWords}), or a capture file that is there");
        }

        if (sim is null) return flags.Seed is null ? null : throw new UsageException("--seed is the simulator's; give --sim PROFILE too");
        if (flags.Expression is null && flags.Count is { } count) sim = sim with { MostReceived = count };
        return sim with { Seed = flags.Seed ?? sim.Seed };
    }

    /// <summary>
    /// The split is the final route of every packet. It gets a copy of each packet in front of the routes of a configuration, and where the
    /// packets are the normal stack's.
    /// </summary>
    private static PipelineOptions WithSplit(PipelineOptions options, string folder, RotateOptions? rotate) => WithConsumer(
        options,
        "--split",
        new ConsumerOptions { Name = Split, Kind = ConsumerKind.AfPacket, SplitFolder = folder, Rotate = rotate, EndsRunOnFailure = true },
        new RouteOptions { To = Split, Copy = GetsCopies(options) });

    /// <summary>
    /// The capture is the final route of the selected packets, and the rest is left to the stack. If packets have other places to go, it
    /// gets copies, and so it does where they would be taken from the normal stack only to be written.
    /// </summary>
    private static PipelineOptions WithCapture(PipelineOptions options, string file, RunFlags flags) => WithConsumer(
        options,
        "-w",
        new ConsumerOptions { Name = Capture, Kind = ConsumerKind.AfPacket, Write = file, Rotate = flags.Rotate, IsFlushedAtOnce = flags.IsFlushedAtOnce, EndsRunOnFailure = true },
        new RouteOptions { To = Capture, OnlySelected = true, Copy = GetsCopies(options) });

    /// <summary>What is printed are copies, so that packets go the same way, and into the same accounts, as if nobody looked at them.</summary>
    private static PipelineOptions WithPrint(PipelineOptions options, RunFlags flags, bool showsFate) => WithConsumer(
        options,
        "--print",
        new ConsumerOptions { Name = Print, Kind = ConsumerKind.AfPacket, Print = flags.Printing.ToOptions(flags.SnapLength, showsFate), EndsRunOnFailure = true },
        new RouteOptions { To = Print, OnlySelected = true, Copy = true });

    private static bool GetsCopies(PipelineOptions options) =>
        options.Routes.Count > 0 || Backends.TraitsOf(SourceChoice.Resolve(options).Source) is { TakesFromStack: true };

    private static PipelineOptions WithConsumer(PipelineOptions options, string flag, ConsumerOptions consumer, RouteOptions route)
    {
        if (options.Consumers.ContainsKey(consumer.Name))
        {
            throw new UsageException($"{flag} needs the consumer name '{consumer.Name}', which the configuration uses; give that consumer another name");
        }

        var consumers = new Dictionary<string, ConsumerOptions>(options.Consumers) { [consumer.Name] = consumer };
        return options with { Consumers = consumers, Routes = [route, .. options.Routes] };
    }

    private static PipelineOptions WithSnapLength(PipelineOptions options, int length) => options with
    {
        Consumers = options.Consumers.ToDictionary(c => c.Key, c => c.Value.Kind == ConsumerKind.AfPacket ? c.Value with { SnapLength = length } : c.Value),
    };
}
