using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.Nic.Pages;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Links.Fuzzing;

/// <summary>A receiver survives any bytes: what is wrong is refused, what is handed over is whole, and every slab comes home.</summary>
public sealed class FrameFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Instances = 3;

    private static readonly LinkHello Hello = new(1, 2, 9, new LinkTerms(FrameLimit: 4096, Window: 64 << 10, InstanceWindow: 32 << 10));

    private readonly LinkOrigin _origin = new(pages: 256, bundlePackets: 16);
    private readonly BlockPagePool _slabs = new("slabs", SlabReader.SlabBytes, 4);
    private readonly BundlePool _bundles = new(8);
    private readonly long[] _refused = new long[Enum.GetValues<LinkRefusal>().Length];

    [Fact]
    public void Frames_that_were_changed_are_refused_or_whole()
    {
        var whole = 0;
        new FuzzRuns("frames of a link", usual: 20_000, longer: 1_000_000).Run(
            output,
            seed =>
            {
                var chance = new Chance(seed);
                var frames = Frames(chance);
                var isChanged = !chance.OneIn(20);
                var refusal = Receive(isChanged ? FrameMutation.Of(frames, chance) : [.. frames.SelectMany(f => f)], chance);
                FuzzException.Unless(isChanged || refusal == LinkRefusal.None, $"What was not changed is refused: {refusal}.");
                _refused[(int)refusal]++;
                if (refusal == LinkRefusal.None) whole++;
            },
            () => string.Join(", ", Enum.GetValues<LinkRefusal>().Select(r => $"{_refused[(int)r]} {r}")),
            () => Enum.GetValues<LinkRefusal>().Count(r => _refused[(int)r] > 0) >= 10 && whole > 0);
    }

    public void Dispose()
    {
        _origin.Dispose();
        _slabs.Dispose();
    }

    /// <summary>What a sender would send: the frames of some bundles, with interfaces and pings between them.</summary>
    private List<byte[]> Frames(Chance chance)
    {
        var counters = new LinkCounters();
        using var bell = new LinkBell();
        var account = new PacketAccount("origin", AccountKind.Consumer);
        var lanes = Enumerable.Range(0, Instances).Select(i => new LinkLane(i, account, int.MaxValue, 32 << 10, bell, counters)).ToArray();
        foreach (var lane in lanes)
            for (var i = chance.Below(4); i > 0; i--)
                lane.TrySend(_origin.Bundle(account, LinkOrigin.Ethernet(i, $"eth{i}"), chance, 1 + chance.Below(16), () => chance.Below(200)));

        var (frames, number) = (new List<byte[]>(), 0L);
        var (builder, interfaces) = (new FrameBuilder(Hello.Terms.FrameLimit), new DeclaredInterfaces());
        foreach (var lane in lanes)
        {
            lane.Collect();
            while (lane.Next(0, long.MaxValue, out var first) is { } bundle)
            {
                if (!interfaces.TryFind(bundle.Interface, out var id))
                {
                    var declaration = interfaces.Declare(bundle.Interface);
                    FrameHeader.Write(declaration, FrameKind.Interface, ++number, Hello.Epoch, 0);
                    frames.Add(declaration);
                    interfaces.TryFind(bundle.Interface, out id);
                }

                if (chance.OneIn(3)) frames.Add(Finish(builder, ref number));
                var packets = builder.Add(bundle, first, lane, id);
                if (packets == 0) frames.Add(Finish(builder, ref number));
                else lane.Advance(packets);
            }
        }

        frames.Add(Finish(builder, ref number));
        builder.Free();
        foreach (var lane in lanes)
        {
            lane.Seal();
            lane.HandBack((_, bundle) => bundle.Dispose());
        }

        return frames;
    }

    /// <summary>The frame that was built, or a ping where none was.</summary>
    private static byte[] Finish(FrameBuilder builder, ref long number)
    {
        if (builder.Sections > 0)
        {
            var frame = builder.Finish(++number, Hello.Epoch).ToArray();
            builder.Clear();
            return frame;
        }

        var ping = new byte[LinkLayout.HeaderBytes];
        FrameHeader.Write(ping, FrameKind.Ping, ++number, Hello.Epoch, 0);
        return ping;
    }

    private LinkRefusal Receive(byte[] bytes, Chance chance)
    {
        using var bell = new LinkBell();
        var (kept, last) = (new List<PageBundle>(), new long[LinkLayout.MostInstances]);
        var target = new LinkTarget((instance, bundle) =>
        {
            foreach (ref readonly var packet in bundle.Packets) _slabs.BytesWithin(packet);
            FuzzException.Unless(bundle.Count > 0 && bundle.Sequence >= last[instance], $"Bundle {bundle.Sequence} came after {last[instance]}.");
            last[instance] = bundle.Sequence;
            if (chance.OneIn(2)) bundle.Dispose();
            else kept.Add(bundle);
        });
        var reader = new SlabReader(_slabs);
        var intake = new FrameIntake(_slabs, Hello, target, _bundles, new LinkLease(new HandClock()), bell, new LinkCounters());
        var refusal = LinkRefusal.None;
        for (var rest = bytes.AsSpan(); !rest.IsEmpty && refusal == LinkRefusal.None;)
        {
            FuzzException.Unless(reader.TryMakeRoom(), "There was no slab.");
            var some = Math.Min(Math.Min(rest.Length, reader.Room.Length), 1 + chance.Below(6000));
            rest[..some].CopyTo(reader.Room);
            reader.Filled(some);
            rest = rest[some..];
            refusal = intake.TakeFrom(reader);
            foreach (var row in intake.Rows) intake.InFlight -= row.Refresh();
        }

        foreach (var bundle in kept) bundle.Dispose();
        foreach (var row in intake.Rows)
        {
            intake.InFlight -= row.Refresh();
            row.Copies.Release();
        }

        reader.Release();
        FuzzException.Unless(_slabs.Outstanding == 0, $"{_slabs.Outstanding} slabs did not come home.");
        FuzzException.Unless(intake.Rows.All(r => r.IsWithinBundle || r.InFlight == 0), "Credit was lost.");
        return refusal;
    }
}
