using CsCheck;
using Pipeline.Nic.Consumers.Flows;
using Pipeline.Nic.Headers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers.Flows;

public class FlowTableTests
{
    /// <summary>Against a list that is searched from one end: same flows, same counts, same order of leaving, however full.</summary>
    [Fact]
    public void It_does_what_a_plain_list_does() =>
        Gen.Select(Gen.Int[1, 24], Gen.Int[0, 4], Gen.Int[0, 6], Gen.Select(Gen.Int[0, 40], Gen.Bool, Gen.Int[0, 2]).Array[0, 400], Gen.ULong).Sample((most, idle, active, packets, seed) =>
        {
            var options = new FlowOptions { MaxFlows = most, IdleTimeout = TimeSpan.FromMicroseconds(idle * 10), ActiveTimeout = TimeSpan.FromMicroseconds(active * 10) };
            var (left, expected) = (new Left(), new List<string>());
            var table = new FlowTable(options, left, seed);
            var model = new Model(options, expected);
            var now = 0L;
            foreach (var (pair, back, step) in packets)
            {
                now += step * 5000;
                Add(table, pair, back, now);
                model.Add(pair, back, now);
            }

            Assert.Equal(model.Count, table.Count);
            table.Clear();
            model.Clear();
            Assert.Equal(expected, left.Flows);
            Assert.Equal(0, table.Count);
        });

    [Fact]
    public void A_full_table_takes_and_gives_without_allocating()
    {
        var table = new FlowTable(new FlowOptions { MaxFlows = 64 }, new Nothing(), seed: 1);
        var packets = Enumerable.Range(0, 256).Select(i => IpPackets.Udp("10.0.0.1", i, "10.0.0.2", 9)).ToList();

        Assert.Equal(0, Allocation.OnceWarm(Work));

        void Work()
        {
            for (var i = 0; i < packets.Count; i++) table.Add(FlowPacket.Of(LinkType.Ethernet, packets[i]), 60, i);
        }
    }

    private static void Add(FlowTable table, int pair, bool back, long now)
    {
        var bytes = back ? IpPackets.Udp("10.0.0.2", 9, "10.0.0.1", pair) : IpPackets.Udp("10.0.0.1", pair, "10.0.0.2", 9);
        table.Add(FlowPacket.Of(LinkType.Ethernet, bytes), 10, now);
    }

    private static string Said(int pair, long packets, long reverse, FlowEnd end) => $"{pair}: {packets} {reverse} {end}";

    private sealed class Left : IFlowReport
    {
        public List<string> Flows { get; } = [];

        public void Add(in Flow flow, FlowEnd end)
        {
            Assert.Equal((flow.Packets * 10, flow.ReversePackets * 10), (flow.Bytes, flow.ReverseBytes));
            Flows.Add(Said(flow.Key.LowPort, flow.Packets, flow.ReversePackets, end));
        }
    }

    private sealed class Nothing : IFlowReport
    {
        public void Add(in Flow flow, FlowEnd end)
        {
        }
    }

    private sealed class Model(FlowOptions options, List<string> left)
    {
        private readonly List<Entry> _oldestFirst = [];

        public int Count => _oldestFirst.Count;

        public void Add(int pair, bool back, long now)
        {
            foreach (var idle in _oldestFirst.Where(e => options.IdleTimeout > TimeSpan.Zero && now - e.Last >= options.IdleTimeout.TotalNanoseconds).ToList()) End(idle, FlowEnd.IdleTimeout);
            var entry = _oldestFirst.Find(e => e.Pair == pair);
            if (entry is not null && options.ActiveTimeout > TimeSpan.Zero && now - entry.First >= options.ActiveTimeout.TotalNanoseconds)
            {
                End(entry, FlowEnd.ActiveTimeout);
                entry = new Entry { Pair = pair, Back = entry.Back, First = now };
            }
            else if (entry is null && _oldestFirst.Count == options.MaxFlows) End(_oldestFirst[0], FlowEnd.LackOfResources);
            entry ??= new Entry { Pair = pair, Back = back, First = now };
            _oldestFirst.Remove(entry);
            _oldestFirst.Add(entry);
            entry.Last = now;
            if (entry.Back == back) entry.Packets++;
            else entry.Reverse++;
        }

        public void Clear()
        {
            foreach (var entry in _oldestFirst.ToList()) End(entry, FlowEnd.ForcedEnd);
        }

        private void End(Entry entry, FlowEnd end)
        {
            _oldestFirst.Remove(entry);
            left.Add(Said(entry.Pair, entry.Packets, entry.Reverse, end));
        }

        private sealed class Entry
        {
            public int Pair;
            public bool Back;
            public long First;
            public long Last;
            public long Packets;
            public long Reverse;
        }
    }
}
