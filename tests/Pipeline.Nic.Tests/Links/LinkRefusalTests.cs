using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Xunit;

namespace Pipeline.Nic.Tests.Links;

/// <summary>What a peer must not do, does to itself.</summary>
public sealed class LinkRefusalTests : IDisposable
{
    private static readonly LinkHello Hello = LinkPair.Hello with { Terms = new LinkTerms(Window: 64 << 10, InstanceWindow: 8 << 10) };

    private readonly LinkOrigin _origin = new();
    private readonly BlockPagePool _slabs = new("slabs", SlabReader.SlabBytes, 4);
    private readonly LinkBell _bell = new();
    private readonly HandClock _clock = new();
    private readonly List<PageBundle> _taken = [];

    [Fact]
    public async Task A_frame_that_is_repeated_ends_its_link_alone()
    {
        var (dialled, accepted) = LinkPair.Sockets();
        var answer = Task.Run(() =>
        {
            var wire = new WireStream(accepted);
            return LinkConnection.Accept(wire, wire, Hello.ReceiverUid, Hello.Terms, _ => null);
        });
        var bytes = new byte[LinkLayout.HelloBytes];
        Hello.Write(bytes);
        dialled.Send(bytes);
        dialled.Receive(bytes);
        using var receiver = new LinkReceiver(await answer, new LinkOptions(), LinkTarget.Disposing());
        using var other = await LinkPair.Start(LinkTarget.Disposing());
        var ping = new byte[LinkLayout.HeaderBytes];
        FrameHeader.Write(ping, FrameKind.Ping, 1, Hello.Epoch, 0);

        dialled.Send(ping);
        dialled.Send(ping);
        Patiently.Await(() => receiver.Ending is not null);

        Assert.Equal((LinkEndingKind.Refused, LinkRefusal.Number), (receiver.Ending!.Kind, receiver.Ending.Refusal));
        Assert.Equal(1, receiver.Counters.Refused(LinkRefusal.Number));
        Assert.Null(other.Receiver.Ending);
        dialled.Dispose();
    }

    [Fact]
    public async Task A_receiver_that_acknowledges_what_was_never_sent_loses_its_link_and_no_packet_counts()
    {
        var (dialled, accepted) = LinkPair.Sockets();
        var hello = new byte[LinkLayout.HelloBytes];
        var answer = Task.Run(() =>
        {
            accepted.Receive(hello);
            accepted.Send(hello);
            accepted.Send(LastWordsFrame.Write(null, Hello));
        });
        var wire = new WireStream(dialled);
        var sender = new LinkSender(LinkConnection.Dial(wire, wire, Hello), new LinkOptions());
        await answer;
        var account = new PacketAccount("origin", AccountKind.Consumer);
        LinkPair.Send(sender.OpenLane(0, account), _origin.Bundle(account, 3, 100));
        var frame = new byte[LinkLayout.HeaderBytes + LinkLayout.RowBytes];
        frame[LinkLayout.HeaderBytes + 8] = 2;
        FrameHeader.Write(frame, FrameKind.Acknowledgements, 1, Hello.Epoch, 1);
        Patiently.Await(() => sender.Counters.Bundles == 1);

        accepted.Send(frame);
        Patiently.Await(() => sender.Ending is not null);
        var back = new List<PageBundle>();
        sender.Close((_, bundle) => back.Add(bundle));

        Assert.Equal(LinkRefusal.Acknowledgement, sender.Ending!.Refusal);
        Assert.Equal(3, back.Single().Count);
        Assert.Equal(default, LinkOutcomeTests.Ended(account));
        back.Single().Dispose();
        accepted.Dispose();
    }

    [Theory]
    [InlineData(10, LinkRefusal.None)]
    [InlineData(11, LinkRefusal.Window)]
    public void More_than_an_instances_window_is_refused(int bundles, LinkRefusal refusal)
    {
        // Ten bundles of 25 entries and no bytes are 8000 of 8192 bytes.
        Assert.Equal(refusal, Receive(Frames(bundles, packets: 25)));
        Assert.Equal(10, _taken.Count);
    }

    [Fact]
    public void What_comes_after_the_lease_is_not_handed_over()
    {
        Assert.Equal(LinkRefusal.None, Receive(Frames(bundles: 3, packets: 1), before: () => _clock.Move(TimeSpan.FromSeconds(3.001))));
        Assert.Empty(_taken);
    }

    [Fact]
    public void What_comes_within_the_lease_is_handed_over()
    {
        Assert.Equal(LinkRefusal.None, Receive(Frames(bundles: 3, packets: 1), before: () => _clock.Move(TimeSpan.FromSeconds(2.999))));
        Assert.Equal(3, _taken.Count);
    }

    public void Dispose()
    {
        foreach (var bundle in _taken) bundle.Dispose();
        Assert.Equal(0, _slabs.Outstanding);
        _slabs.Dispose();
        _origin.Dispose();
        _bell.Dispose();
    }

    /// <summary>A frame that declares an interface, and one with bundles of packets without bytes.</summary>
    private byte[] Frames(int bundles, int packets)
    {
        var account = new PacketAccount("origin", AccountKind.Consumer);
        var lane = new LinkLane(0, account, 0, long.MaxValue, _bell, new LinkCounters());
        var (builder, interfaces) = (new FrameBuilder(Hello.Terms.FrameLimit), new DeclaredInterfaces());
        var declaration = interfaces.Declare(NicInterface.Unknown);
        FrameHeader.Write(declaration, FrameKind.Interface, 1, Hello.Epoch, 0);
        for (var i = 0; i < bundles; i++) lane.TrySend(_origin.Bundle(account, packets, 10));
        lane.Collect();
        while (lane.Next(0, long.MaxValue, out var first) is { } bundle) lane.Advance(builder.Add(bundle, first, lane, 0));
        var frame = builder.Finish(2, Hello.Epoch).ToArray();
        builder.Free();
        lane.Seal();
        lane.HandBack((_, bundle) => bundle.Dispose());
        return [.. declaration, .. frame];
    }

    private LinkRefusal Receive(byte[] bytes, Action? before = null)
    {
        var (reader, lease) = (new SlabReader(_slabs), new LinkLease(_clock));
        var target = new LinkTarget((_, bundle) => _taken.Add(bundle));
        var intake = new FrameIntake(_slabs, Hello, target, new BundlePool(64), lease, _bell, new LinkCounters());
        Assert.True(reader.TryMakeRoom());
        bytes.CopyTo(reader.Room);
        reader.Filled(bytes.Length);
        before?.Invoke();
        var refusal = intake.TakeFrom(reader);
        reader.Release();
        return refusal;
    }
}
