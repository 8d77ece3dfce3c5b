using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Delivery;

/// <summary>From a group's options to its consumers.</summary>
/// <param name="setup">What they are made for.</param>
/// <param name="inForce">The rules in force, by whose names captures are split. Any thread.</param>
internal sealed class ConsumerFactory(PipelineSetup setup, Func<MarkTable> inForce)
{
    private readonly List<IPacketConsumer> _opened = [];

    /// <summary>
    /// What makes a group's consumers. An output is opened here and now, so that one that cannot be created is known before the
    /// first packet.
    /// </summary>
    /// <exception cref="OutputException">The output cannot be created.</exception>
    /// <exception cref="ArgumentException">The options ask for nothing that can be made.</exception>
    public Func<IPacketConsumer> For(ConsumerOptions options)
    {
        if (setup.Handlers.TryGetValue(options.Name, out var handler)) return handler;
        return options.Kind switch
        {
            ConsumerKind.Stack => () => new NullStackConsumer(),
            ConsumerKind.Bypass => Handler(options),
            _ => Opened(Output(options)),
        };
    }

    /// <summary>Closes what was opened, when the pipeline it was opened for will not run.</summary>
    public void CloseAll()
    {
        foreach (var consumer in _opened) consumer.Dispose();
    }

    private static Func<IPacketConsumer> Handler(ConsumerOptions options) => options.Handler switch
    {
        "count" => () => new CountConsumer(),
        "discard" => () => new DiscardConsumer(),
        var other => throw new ArgumentException($"consumer {options.Name}: there is no handler '{other}'; expected count or discard"),
    };

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
            KnownInterfaces = () => setup.Nic.Interfaces,
        });
    }

    private SplitOptions Split(ConsumerOptions options) => new()
    {
        SnapLength = options.SnapLength,
        Rotation = Rotation(options.Rotate),
        KnownInterfaces = () => setup.Nic.Interfaces,
    };

    private static CaptureRotation? Rotation(RotateOptions? rotate) =>
        rotate is null ? null : new CaptureRotation { FileBytes = rotate.FileBytes, Files = rotate.Files, Duration = rotate.Duration };

    private Func<IPacketConsumer> Opened(IPacketConsumer output)
    {
        _opened.Add(output);
        return () => output;
    }
}
