using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Binding;
using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Delivery;

/// <summary>From a group's options to its consumers.</summary>
/// <param name="setup">What they are made for.</param>
/// <param name="inForce">The rules in force, by whose names captures are split. Any thread.</param>
/// <param name="assemblies">Where handlers are loaded from; the caller's to dispose once the pipeline has ended.</param>
internal sealed class ConsumerFactory(PipelineSetup setup, Func<MarkTable> inForce, HandlerAssemblies assemblies)
{
    private readonly List<IPacketConsumer> _opened = [];

    /// <summary>
    /// What makes the consumers of one of a group's instances. An output is opened here and now, a handler's type found, so that one
    /// that cannot be had is known before the first packet.
    /// </summary>
    /// <exception cref="OutputException">The output cannot be created.</exception>
    /// <exception cref="HandlerException">The handler cannot be had.</exception>
    /// <exception cref="ArgumentException">The options ask for nothing that can be made.</exception>
    public Func<IPacketConsumer> For(ConsumerOptions options, HandlerContext context)
    {
        if (setup.Handlers.TryGetValue(options.Name, out var handler)) return handler;
        return options.Kind switch
        {
            ConsumerKind.Stack => () => new NullStackConsumer(),
            ConsumerKind.Bypass => Handler(options, context),
            _ => Opened(Output(options)),
        };
    }

    /// <summary>Closes what was opened and loaded, when the pipeline it was opened for will not run.</summary>
    public void CloseAll()
    {
        foreach (var consumer in _opened) consumer.Dispose();
        assemblies.Dispose();
    }

    private Func<IPacketConsumer> Handler(ConsumerOptions options, HandlerContext context)
    {
        if (options.HandlerAssembly is { } path) return assemblies.Handler(path, options.Handler ?? "");
        return options.Handler switch
        {
            "count" => () => new CountConsumer(),
            "discard" => () => new DiscardConsumer(),
            HandlerBinder.Flows => Flows(options, context),
            HandlerBinder.Forward => Forward(options),
            var other => throw new ArgumentException($"consumer {options.Name}: there is no handler '{other}'; expected {string.Join(", ", HandlerBinder.BuiltIn)}"),
        };
    }

    /// <summary>With a file to write it is an output like others; without, one that failed begins again with an empty table.</summary>
    private Func<IPacketConsumer> Flows(ConsumerOptions options, HandlerContext context)
    {
        var file = options.Write is null ? null : FlowsConsumer.FileOf(options.Write, context.Instance, context.Instances);
        var flows = options.Flows ?? new FlowOptions();
        return file is null ? () => new FlowsConsumer(null, flows, context) : Opened(new FlowsConsumer(file, flows, context, setup.Files));
    }

    private Func<IPacketConsumer> Forward(ConsumerOptions options)
    {
        var to = options.To ?? throw new ArgumentException($"consumer {options.Name}: says nowhere to forward to");
        var open = setup.OpenTransmitter ?? throw new HandlerException(ForwardConsumer.NothingTransmits(to));
        var first = new ForwardConsumer(open(to));
        _opened.Add(first);
        return () => Interlocked.Exchange(ref first, null) ?? new ForwardConsumer(open(to));
    }

    private IPacketConsumer Output(ConsumerOptions options)
    {
        if (options.SplitFolder is { } folder) return new SplitConsumer(folder, Split(options), inForce);
        var path = options.Write ?? throw new ArgumentException($"consumer {options.Name}: says neither a file to write nor a folder to split into");
        return new CaptureConsumer(new CaptureOptions
        {
            Path = path,
            SnapLength = options.SnapLength,
            Rotation = Rotation(options.Rotate),
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
        rotate is null ? null : new CaptureRotation { FileBytes = rotate.FileBytes, Files = rotate.Files, Duration = rotate.Duration };

    private Func<IPacketConsumer> Opened(IPacketConsumer output)
    {
        _opened.Add(output);
        return () => output;
    }
}
