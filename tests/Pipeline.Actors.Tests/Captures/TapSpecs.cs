using System.Net;
using Pipeline.Actors.Captures;
using Pipeline.Actors.Tests.Fakes;
using Pipeline.Nic.Consumers.Captures.Running;
using Pipeline.Nic.Headers;
using Xunit;

namespace Pipeline.Actors.Tests.Captures;

/// <summary>A capture that forgets what its reader has read, by hand.</summary>
public sealed class TapSpecs : IDisposable
{
    private const int RingPackets = 64, MostBytes = 1 << 14;

    private readonly PacketSource _source = PacketSource.OneToAPage();
    private readonly CaptureRing _ring = new(RingPackets, 1 << 16, CaptureBench.SnapLength);
    private readonly RunningCapture _file;
    private readonly List<byte> _read = [];

    public TapSpecs() => _file = new RunningCapture([_ring], CaptureBench.SnapLength, long.MaxValue, MostBytes, forgets: true);

    public void Dispose() => _source.Dispose();

    [Fact]
    public void It_begins_with_the_interfaces_of_the_first_ones_link_type()
    {
        _file.Begin([PacketSource.Wire]);
        Read();

        Assert.Equal([0x0A0D0D0A, 1], Blocks().Types);
    }

    [Fact]
    public void A_reader_that_keeps_up_gets_everything_however_much_it_is()
    {
        for (var i = 0; i < 2000; i++)
        {
            Offer(50);
            while (_file.Take(1000))
            {
            }

            Read();
        }

        _file.End([]);
        Read();
        Assert.Equal((100_000, 0), (_file.Packets, _file.Missed));
        Assert.Equal([(100_000L, 0L, 100_000L)], Blocks().Statistics);
        Assert.True(_file.Bytes > 100 * MostBytes);
    }

    [Fact]
    public void What_a_slow_reader_missed_is_what_was_offered_and_is_not_in_the_file()
    {
        for (var i = 0; i < 20; i++)
        {
            Offer(50);
            _file.Take(1000);
            Assert.InRange(_file.Bytes - _read.Count, 0, MostBytes);
            if (i % 5 == 4) Read();
        }

        _file.Take(1000);
        Assert.True(_file.Missed > 0);
        _file.End([]);
        Read();
        var blocks = Blocks();
        Assert.Equal(1000, _file.Packets + _file.Missed);
        Assert.Equal(_file.Packets, blocks.Packets.Count());
        Assert.Equal([(1000L, _file.Missed, _file.Packets)], blocks.Statistics);
    }

    [Fact]
    public void What_is_missed_is_told_meanwhile_when_it_has_grown()
    {
        Offer(50);
        Offer(RingPackets - 40);
        _file.Take(1000);
        Offer(1);
        _file.Take(1000);
        Read();

        _file.TellMissed();
        _file.TellMissed();
        _file.End([]);
        Read();

        Assert.Equal([(75L, 10L, 65L), (75L, 10L, 65L)], Blocks().Statistics);
    }

    [Fact]
    public void Packets_wait_in_the_ring_until_there_is_room()
    {
        while (!_file.WaitsForReader)
        {
            Offer(10);
            _file.Take(1000);
        }

        var packets = _file.Packets;
        Read();
        _file.Take(1000);

        Assert.False(_file.WaitsForReader);
        Assert.InRange(_file.Packets, packets + 1, packets + 10);
        Assert.Equal(0, _file.Missed);
    }

    [Theory]
    [InlineData("10.0.0.1:80", null, true)]
    [InlineData("10.0.0.2:4000", null, true)]
    [InlineData("0.0.0.0:80", null, true)]
    [InlineData("[::ffff:10.0.0.1]:80", null, true)]
    [InlineData("10.0.0.1:4000", null, false)]
    [InlineData("10.0.0.3:80", null, false)]
    [InlineData("10.0.0.1:80", "10.0.0.2:4000", true)]
    [InlineData("10.0.0.2:4000", "10.0.0.1:80", true)]
    [InlineData("10.0.0.1:80", "10.0.0.2:4001", false)]
    public void Packets_of_its_own_connections_are_known_both_ways(string at, string? with, bool isOwn)
    {
        var own = OwnConnections.Of([new CaptureConnection(IPEndPoint.Parse(at), with is null ? null : IPEndPoint.Parse(with))])!;

        Assert.Equal(isOwn, own.Has(LinkType.Ethernet, Packet(6, forth: true)));
        Assert.Equal(isOwn, own.Has(LinkType.Ethernet, Packet(6, forth: false)));
        Assert.False(own.Has(LinkType.Ethernet, Packet(17, forth: true)));
    }

    /// <summary>Between 10.0.0.2:4000 and 10.0.0.1:80.</summary>
    private static byte[] Packet(byte protocol, bool forth)
    {
        var packet = new byte[60];
        byte[] client = [10, 0, 0, 2], server = [10, 0, 0, 1], clientPort = [0x0f, 0xa0], serverPort = [0, 80];
        (packet[12], packet[14], packet[17], packet[23]) = (8, 0x45, 46, protocol);
        (forth ? client : server).CopyTo(packet, 26);
        (forth ? server : client).CopyTo(packet, 30);
        (forth ? clientPort : serverPort).CopyTo(packet, 34);
        (forth ? serverPort : clientPort).CopyTo(packet, 36);
        return packet;
    }

    private void Offer(int packets)
    {
        using var bundle = _source.Bundle([.. Enumerable.Repeat(0u, packets)]);
        foreach (ref readonly var packet in bundle.Packets) _ring.Write(bundle, packet, "stack");
    }

    private void Read()
    {
        var piece = new byte[777];
        while (_file.Read(_read.Count, piece) is > 0 and var length) _read.AddRange(piece.AsSpan(0, length));
    }

    private CaptureFileBlocks Blocks() => CaptureFileBlocks.Of((at, into) =>
    {
        var length = Math.Min(into.Length, _read.Count - (int)at);
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_read).Slice((int)at, length).CopyTo(into);
        return length;
    });
}
