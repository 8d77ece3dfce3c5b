using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Binding;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Actors.Routing;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Delivery;

/// <summary>Makes the consumers of a group from its options.</summary>
/// <param name="setup">The pipeline they are for.</param>
/// <param name="inForce">The rules in force, whose names are used to split captures. Any thread.</param>
/// <param name="assemblies">The assemblies that handlers are loaded from. The caller disposes them once the pipeline has ended.</param>
/// <param name="plans">The plans that routers go by, whose routes are printed. Any thread.</param>
internal sealed class ConsumerFactory(
    PipelineSetup setup, Func<MarkTable> inForce, HandlerAssemblies assemblies, Func<IReadOnlyList<RouterPlan>> plans)
{
    private readonly List<IPacketConsumer> _opened = [];

    /// <summary>
    /// Returns the function that makes the consumers of one instance of a group. It opens an output and finds a handler's type at once, so
    /// that a missing one is reported before the first packet.
    /// </summary>
    /// <exception cref="OutputException">The output cannot be created.</exception>
    /// <exception cref="HandlerException">The handler is not available.</exception>
    /// <exception cref="ArgumentException">The options describe no consumer that can be made.</exception>
    public Func<IPacketConsumer> For(ConsumerOptions options, HandlerContext context)
    {
        if (setup.Handlers.TryGetValue(options.Name, out var handler)) return handler;
        var made = Described(options, context);
        return setup.Around is { } around ? () => around(options.Name, made()) : made;
    }

    /// <summary>Closes everything it opened and loaded, for a pipeline that will not run.</summary>
    public void CloseAll()
    {
        foreach (var consumer in _opened) consumer.Dispose();
        assemblies.Dispose();
    }

    private Func<IPacketConsumer> Described(ConsumerOptions options, HandlerContext context) => options.Kind switch
    {
        ConsumerKind.Stack => options.To is null || HasThem ? Stack : GivingBack(options, context),
        ConsumerKind.Bypass => Handler(options, context),
        _ => Opened(Output(options)),
    };

    /// <summary>Whether the normal stack has every packet, so that what is given to it would be there twice.</summary>
    private bool HasThem => setup.Nic.Traits is { IsLive: true, IsCopy: true };

    /// <summary>A source made in code need not have anything to do with this machine's stack.</summary>
    private IPacketConsumer Stack() => setup.Nic switch
    {
        _ when HasThem => new KernelStackConsumer(hasThem: true),
        { Traits.TakesFromStack: true, Offload: not null } => new KernelStackConsumer(hasThem: false),
        _ => new NullStackConsumer(),
    };

    /// <summary>Its packets count as passed when the device has them, because the account is the stack's.</summary>
    private Func<IPacketConsumer> GivingBack(ConsumerOptions options, HandlerContext context) =>
        setup.Nic.Traits.SeesWhatIsGivenBack
            ? throw new UnavailableException(
                $"consumer {options.Name}: {setup.Nic.Name} is taken from behind its driver, and packets that are led back to it by way of "
                + $"{options.To} would be taken again, and again; expected `mode = native` on the source, or no `to`")
            : Forward(options, context);

    private Func<IPacketConsumer> Handler(ConsumerOptions options, HandlerContext context)
    {
        if (options.HandlerAssembly is { } path) return assemblies.Handler(path, options.Handler ?? "");
        return options.Handler switch
        {
            "count" => () => new CountConsumer(),
            "discard" => () => new DiscardConsumer(),
            HandlerBinder.Flows => Flows(options, context),
            HandlerBinder.Forward => Forward(options, context),
            var other => throw new ArgumentException(
                $"consumer {options.Name}: there is no handler '{other}'; expected {string.Join(", ", HandlerBinder.BuiltIn)}"),
        };
    }

    /// <summary>
    /// With a file to write it is an output like others. Without one it is replaced after a failure, and begins with an empty table.
    /// </summary>
    private Func<IPacketConsumer> Flows(ConsumerOptions options, HandlerContext context)
    {
        var file = options.Write is null ? null : FlowsConsumer.FileOf(options.Write, context.Instance, context.Instances);
        var flows = options.Flows ?? new FlowOptions();
        return file is null ? () => new FlowsConsumer(null, flows, context) : Opened(new FlowsConsumer(file, flows, context, setup.Files));
    }

    private Func<IPacketConsumer> Forward(ConsumerOptions options, HandlerContext context)
    {
        var to = options.To ?? throw new ArgumentException($"consumer {options.Name}: says nowhere to forward to");
        var open = setup.OpenTransmitter ?? throw new HandlerException(Transmitters.NothingTransmits(to));
        var first = new ForwardConsumer(open(to), context);
        _opened.Add(first);
        return () => Interlocked.Exchange(ref first, null) ?? new ForwardConsumer(open(to), context);
    }

    private IPacketConsumer Output(ConsumerOptions options)
    {
        if (options.Print is { } print)
            return new PrintConsumer(print with { RouteOf = new FinalRoutes(plans, setup.KeepOut is not null).Of }, setup.Files);
        if (options.SplitFolder is { } folder) return new SplitConsumer(folder, Split(options), inForce);
        var path = options.Write
            ?? throw new ArgumentException($"consumer {options.Name}: says neither a file to write nor a folder to split into");
        return new CaptureConsumer(new CaptureOptions
        {
            Path = path,
            SnapLength = options.SnapLength,
            Rotation = Rotation(options.Rotate),
            IsFlushedAtOnce = options.IsFlushedAtOnce,
            Filter = options.Filter is null ? null : PacketFilter.Create(options.Filter),
            Files = setup.Files,
            KnownInterfaces = () => setup.Nic.Interfaces,
            Metadata = setup.Nic.Metadata,
        });
    }

    private SplitOptions Split(ConsumerOptions options) => new()
    {
        SnapLength = options.SnapLength,
        Rotation = Rotation(options.Rotate),
        Files = setup.Files,
        KnownInterfaces = () => setup.Nic.Interfaces,
        Metadata = setup.Nic.Metadata,
    };

    private static CaptureRotation? Rotation(RotateOptions? rotate) =>
        rotate is null ? null : new CaptureRotation
        {
            FileBytes = rotate.FileBytes, Files = rotate.Files, Duration = rotate.Duration, Packets = rotate.Packets, LastFile = rotate.LastFile,
        };

    private Func<IPacketConsumer> Opened(IPacketConsumer output)
    {
        _opened.Add(output);
        return () => output;
    }
}
