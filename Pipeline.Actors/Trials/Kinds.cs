using System.Diagnostics;
using System.Runtime.CompilerServices;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Pages;

namespace Pipeline.Actors.Trials;

/// <summary>
/// Counts packets by kind, and keeps the first bytes of one packet of each. Its memory is taken at once: kinds that come when it is full
/// are counted together. One thread counts and allocates nothing; any thread reads, and may find the count of a kind a packet behind.
/// </summary>
[DebuggerDisplay("{_used} kinds, {Beyond.Packets} packets beyond")]
internal sealed class Kinds
{
    /// <summary>The most kinds that are kept apart.</summary>
    public const int Most = 512;

    /// <summary>Enough for the headers that name a flow, with tags, options and a tunnel.</summary>
    private const int ExampleBytes = 128;

    /// <summary>A power of two, and twice as many as kinds, so that few share a place.</summary>
    private const int Places = 2 * Most;

    private readonly Kind[] _kinds = new Kind[Places];
    private int _used;
    private long _beyondPackets;
    private long _beyondBytes;

    /// <summary>Packets of kinds that there was no room for. Any thread.</summary>
    public PacketTally Beyond => new(Volatile.Read(ref _beyondPackets), Volatile.Read(ref _beyondBytes));

    /// <summary>Counts a packet. Only for the counting thread.</summary>
    /// <param name="key">What makes up its kind.</param>
    public void Count(UInt128 key, PageBundle bundle, in Packet packet)
    {
        var hash = (uint)HashCode.Combine((ulong)key, (ulong)(key >> 64));
        for (var place = hash % Places; ; place = (place + 1) % Places)
        {
            ref var kind = ref _kinds[place];
            if (kind.Packets == 0)
            {
                if (_used == Most) break;
                _used++;
                kind.Take(key, bundle, packet);
            }
            else if (kind.Key != key) continue;

            kind.Bytes += packet.CapturedLength;
            Volatile.Write(ref kind.Packets, kind.Packets + 1);
            return;
        }

        Volatile.Write(ref _beyondPackets, _beyondPackets + 1);
        Volatile.Write(ref _beyondBytes, _beyondBytes + packet.CapturedLength);
    }

    /// <summary>The kinds so far, with an example of each. Any thread.</summary>
    public IEnumerable<(UInt128 Key, PacketTally Packets, string Example)> Read()
    {
        for (var place = 0; place < Places; place++)
        {
            var packets = Volatile.Read(ref _kinds[place].Packets);
            if (packets > 0) yield return (_kinds[place].Key, new PacketTally(packets, Volatile.Read(ref _kinds[place].Bytes)), _kinds[place].Example());
        }
    }

    /// <summary>Whoever finds a count finds everything else, because the count is written last.</summary>
    private struct Kind
    {
        public UInt128 Key;
        public long Packets;
        public long Bytes;
        private LinkType _link;
        private int _length;
        private First _first;

        public void Take(UInt128 key, PageBundle bundle, in Packet packet)
        {
            var bytes = bundle.BytesOf(packet);
            (Key, _link, _length) = (key, bundle.Interface.LinkType, Math.Min(bytes.Length, ExampleBytes));
            bytes[.._length].CopyTo(_first);
        }

        public readonly string Example() => FlowWords.Of(_link, ((ReadOnlySpan<byte>)_first)[.._length]);
    }

    [InlineArray(ExampleBytes)]
    private struct First
    {
        private byte _first;
    }
}
