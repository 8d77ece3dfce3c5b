using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Links.Fuzzing;

/// <summary>A sender survives any bytes, and its accounts balance whatever it is told.</summary>
public sealed class AcknowledgementFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Instances = 3;
    private const long Epoch = 5;

    private readonly LinkOrigin _origin = new(pages: 256, bundlePackets: 8);
    private readonly long[] _refused = new long[Enum.GetValues<LinkRefusal>().Length];

    [Fact]
    public void Acknowledgements_that_were_changed_are_refused_or_right()
    {
        new FuzzRuns("acknowledgements of a link", usual: 20_000, longer: 1_000_000).Run(
            output,
            seed => Once(new Chance(seed)),
            () => string.Join(", ", Enum.GetValues<LinkRefusal>().Select(r => $"{_refused[(int)r]} {r}")),
            () => Enum.GetValues<LinkRefusal>().Count(r => _refused[(int)r] > 0) >= 8);
    }

    public void Dispose() => _origin.Dispose();

    private void Once(Chance chance)
    {
        var counters = new LinkCounters();
        using var bell = new LinkBell();
        var lanes = new LinkLane?[LinkLayout.MostInstances];
        var (sent, told) = (new PacketTally[Instances], new Told[Instances]);
        for (var i = 0; i < Instances; i++)
        {
            lanes[i] = new LinkLane(i, new PacketAccount("origin", AccountKind.Consumer), int.MaxValue, long.MaxValue, bell, counters);
            told[i] = new Told();
            for (var bundles = chance.Below(6); bundles > 0; bundles--) sent[i] += Send(lanes[i]!, told[i], chance);
        }

        var frames = Enumerable.Range(1, 1 + chance.Below(5)).Select(n => Frame(told, n, chance)).ToList();
        var isChanged = !chance.OneIn(20);
        var bytes = isChanged ? FrameMutation.Of(frames, chance) : [.. frames.SelectMany(f => f)];
        var reader = new AcknowledgementReader(lanes, Epoch, counters);
        reader.Read(bytes, out var refusal);
        FuzzException.Unless(isChanged || refusal == LinkRefusal.None, $"What was not changed is refused: {refusal}.");
        _refused[(int)refusal]++;

        for (var i = 0; i < Instances; i++)
        {
            var back = default(PacketTally);
            lanes[i]!.Seal();
            lanes[i]!.HandBack((_, bundle) =>
            {
                back = back.Plus(bundle.Count, bundle.Bytes);
                bundle.SettleMoved();
                bundle.Dispose();
            });
            FuzzException.Unless(LinkOutcomeTests.Ended(lanes[i]!.Account) + back == sent[i], $"{LinkOutcomeTests.Ended(lanes[i]!.Account)} and {back} of {sent[i]}");
            FuzzException.Unless(lanes[i]!.Account.Held == default, "Packets are held for ever.");
        }

        FuzzException.Unless(_origin.Pool.Outstanding == 0, "Pages did not come home.");
    }

    private PacketTally Send(LinkLane lane, Told told, Chance chance)
    {
        var bundle = _origin.Bundle(lane.Account, NicInterface.Unknown, chance, 1 + chance.Below(8), () => chance.Below(50));
        var tally = new PacketTally(bundle.Count, bundle.Bytes);
        lane.TrySend(bundle);
        lane.Collect();
        lane.Next(0, long.MaxValue, out _);
        lane.Advance((int)tally.Packets);
        told.Sent.Enqueue(tally);
        return tally;
    }

    /// <summary>A frame that a receiver could send: each instance has disposed some more, and knows of some more outcomes.</summary>
    private static byte[] Frame(Told[] told, long number, Chance chance)
    {
        var frame = new List<byte>(new byte[LinkLayout.HeaderBytes]);
        var rows = 0;
        foreach (var (instance, one) in told.Index())
        {
            if (chance.OneIn(3)) continue;
            frame.AddRange(one.Row(instance, chance));
            rows++;
        }

        var bytes = frame.ToArray();
        FrameHeader.Write(bytes, rows == 0 ? FrameKind.Ping : FrameKind.Acknowledgements, number, Epoch, rows);
        return bytes;
    }

    /// <summary>What the sender was told of one instance.</summary>
    private sealed class Told
    {
        private readonly PacketTally[] _outcomes = new PacketTally[LinkLayout.Outcomes];
        private PacketTally _left;
        private long _sequence;

        public Queue<PacketTally> Sent { get; } = [];

        public byte[] Row(int instance, Chance chance)
        {
            while (Sent.Count > 0 && chance.OneIn(2))
            {
                _left += Sent.Dequeue();
                _sequence++;
            }

            var outcome = chance.Below(LinkLayout.Outcomes);
            var some = chance.OneIn(3) ? _left : new PacketTally(chance.Below((int)_left.Packets + 1), chance.Below((int)_left.Bytes + 1));
            _left -= some;
            _outcomes[outcome] += some;
            var row = new byte[LinkLayout.RowBytes + LinkLayout.OutcomeBytes];
            BinaryPrimitives.WriteInt32LittleEndian(row, instance);
            BinaryPrimitives.WriteUInt32LittleEndian(row.AsSpan(4), 1u << outcome);
            BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(8), _sequence);
            BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(16), _outcomes[outcome].Packets);
            BinaryPrimitives.WriteInt64LittleEndian(row.AsSpan(24), _outcomes[outcome].Bytes);
            return row;
        }
    }
}
