using System.Buffers.Binary;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Links;
using Pipeline.TestSupport;
using Xunit;
using Xunit.Abstractions;

namespace Pipeline.Nic.Tests.Links.Fuzzing;

/// <summary>A sender survives any last words: they are taken whole or not at all, and its accounts and pools balance.</summary>
public sealed class LastWordsFuzzTests(ITestOutputHelper output) : IDisposable
{
    private const int Instances = 3;

    private static readonly LinkHello Ended = new(1, 2, 4, new LinkTerms());
    private static readonly LinkHello Next = Ended with { Epoch = 5 };

    private readonly LinkOrigin _origin = new(pages: 512, bundlePackets: 8);
    private readonly long[] _refused = new long[Enum.GetValues<LinkRefusal>().Length];
    private readonly long[] _contradicted = new long[Enum.GetValues<LinkRefusal>().Length];
    private long _taken;

    [Fact]
    public void Last_words_that_were_changed_are_refused_or_can_be_true()
    {
        new FuzzRuns("last words of a link", usual: 20_000, longer: 1_000_000).Run(
            output,
            seed => Once(new Chance(seed)),
            () => $"{_taken} taken; malformed: {Named(_refused)}; contradicting: {Named(_contradicted)}",
            () => _taken > 0 && _refused.Count(n => n > 0) >= 8 && _contradicted.Count(n => n > 0) >= 3);
    }

    [Fact]
    public void Every_instance_with_every_outcome_fits_a_frame()
    {
        var outcomes = Enumerable.Repeat(new PacketTally(1, long.MaxValue), LinkLayout.Outcomes).ToArray();
        var rows = Enumerable.Range(0, LinkLayout.MostInstances).Select(i => new LastWordsRow(i, long.MaxValue, int.MaxValue, outcomes)).ToArray();

        var frame = LastWordsFrame.Write(new LinkLastWords(Ended, isSettled: false, rows), Next);
        var read = LastWordsFrame.Read(new MemoryStream(frame), Next);

        Assert.Equal(LinkLayout.MostLastWordsBytes, frame.Length);
        Assert.Equal((Ended.Epoch, false), (read!.Epoch, read.IsSettled));
        Assert.Equal(rows.Select(r => (r.Instance, r.Sequence, r.Packets)), read.Rows.Select(r => (r.Instance, r.Sequence, r.Packets)));
        Assert.All(read.Rows, r => Assert.Equal(outcomes, r.Outcomes));
    }

    [Theory]
    [InlineData(31)]
    [InlineData(-1)]
    [InlineData(int.MaxValue)]
    [InlineData(262_144)]
    public void A_length_out_of_bounds_is_refused_before_anything_is_read(int length)
    {
        var frame = LastWordsFrame.Write(null, Next);
        BinaryPrimitives.WriteInt32LittleEndian(frame, length);

        var refused = Assert.Throws<LinkRefusedException>(() => LastWordsFrame.Read(new MemoryStream(frame), Next));
        Assert.Equal("the other end's last words are malformed: Length", refused.Message);
    }

    [Fact]
    public void A_node_that_closes_within_its_last_words_is_refused()
    {
        var frame = LastWordsFrame.Write(new LinkLastWords(Ended, isSettled: true, []), Next);
        Assert.Throws<LinkRefusedException>(() => LastWordsFrame.Read(new MemoryStream(frame[..40]), Next));
    }

    [Fact]
    public void Words_about_other_nodes_or_a_later_link_are_not_said()
    {
        Assert.Throws<ArgumentException>(() => LastWordsFrame.Write(new LinkLastWords(Next, isSettled: true, []), Next));
        Assert.Throws<ArgumentException>(() => LastWordsFrame.Write(new LinkLastWords(Ended with { SenderUid = 9 }, isSettled: true, []), Next));
    }

    public void Dispose() => _origin.Dispose();

    private static string Named(long[] counts) =>
        string.Join(", ", Enum.GetValues<LinkRefusal>().Where(r => counts[(int)r] > 0).Select(r => $"{counts[(int)r]} {r}"));

    private void Once(Chance chance)
    {
        using var bell = new LinkBell();
        var lanes = new LinkLane?[LinkLayout.MostInstances];
        var (sent, rows) = (new PacketTally[Instances], new List<LastWordsRow>());
        for (var i = 0; i < Instances; i++)
        {
            lanes[i] = new LinkLane(i, new PacketAccount("origin", AccountKind.Consumer), chance.Of<int>([int.MaxValue, 20, 0]), long.MaxValue, bell, new LinkCounters());
            if (Send(lanes[i]!, chance, ref sent[i]) is { } row) rows.Add(row);
        }

        var isChanged = !chance.OneIn(10);
        var frame = LastWordsFrame.Write(new LinkLastWords(Ended, isSettled: true, rows), Next);
        var words = Read(isChanged ? Changed(frame, chance) : frame, isChanged);
        foreach (var lane in lanes) lane?.Seal();
        if (words is not null)
        {
            var before = Enumerable.Range(0, Instances).Select(i => lanes[i]!.PacketsInFlight).ToArray();
            var refusal = words.TellTo(lanes);
            FuzzException.Unless(isChanged || refusal == LinkRefusal.None, $"What was not changed contradicts: {refusal}.");
            for (var i = 0; i < Instances; i++)
                FuzzException.Unless(refusal == LinkRefusal.None || lanes[i]!.PacketsInFlight == before[i], "They were taken in part.");
            if (refusal == LinkRefusal.None) _taken++;
            else _contradicted[(int)refusal]++;
        }

        for (var i = 0; i < Instances; i++) Check(lanes[i]!, sent[i]);
        FuzzException.Unless(_origin.Pool.Outstanding == 0, "Pages did not come home.");
    }

    private void Check(LinkLane lane, PacketTally sent)
    {
        var back = default(PacketTally);
        lane.HandBack((_, bundle) =>
        {
            back = back.Plus(bundle.Count, bundle.Bytes);
            bundle.SettleMoved();
            bundle.Dispose();
        });
        var ended = LinkOutcomeTests.Ended(lane.Account);
        FuzzException.Unless(ended + back == sent, $"{ended} and {back} of {sent}");
        FuzzException.Unless(lane.Account.Held == default, "Packets are held for ever.");
        FuzzException.Unless(lane.PacketsInFlight == 0, $"{lane.PacketsInFlight} packets are in flight for ever.");
    }

    /// <summary>The words of the frame, as a connection reads them; null where there are none or they are refused.</summary>
    private LinkLastWords? Read(byte[] frame, bool isChanged)
    {
        if (frame.Length < LinkLayout.HeaderBytes || FrameHeader.Read(frame).Length != frame.Length)
        {
            FuzzException.Unless(isChanged, "What was not changed has another length.");
            try
            {
                return LastWordsFrame.Read(new MemoryStream(frame), Next);
            }
            catch (LinkRefusedException)
            {
                _refused[(int)LinkRefusal.Length]++;
                return null;
            }
        }

        var refusal = LastWordsFrame.Parse(frame, Next, out var words);
        FuzzException.Unless(isChanged || refusal == LinkRefusal.None, $"What was not changed is refused: {refusal}.");
        if (refusal != LinkRefusal.None) _refused[(int)refusal]++;
        return words;
    }

    private static byte[] Changed(byte[] frame, Chance chance)
    {
        // Half of the changes are to one field of one row, and little: such words look right.
        if (frame.Length <= 48 || chance.OneIn(2)) return FrameMutation.Of([frame], chance);
        var changed = frame.ToArray();
        var at = 48 + (chance.Below((frame.Length - 48) / 8) * 8);
        var number = BinaryPrimitives.ReadInt64LittleEndian(changed.AsSpan(at)) + chance.Below(7) - 3;
        BinaryPrimitives.WriteInt64LittleEndian(changed.AsSpan(at), number);
        return changed;
    }

    /// <summary>Sends bundles, the last of which perhaps in part, and has the first of them acknowledged.</summary>
    /// <returns>What a receiver could say in the end; null where it processed nothing.</returns>
    private LastWordsRow? Send(LinkLane lane, Chance chance, ref PacketTally sent)
    {
        var parts = new List<(PacketTally[] Packets, int Sent)>();
        for (var bundles = chance.Below(6); bundles > 0; bundles--)
        {
            var bundle = _origin.Bundle(lane.Account, NicInterface.Unknown, chance, 1 + chance.Below(8), () => chance.Below(50));
            var packets = bundle.Packets.ToArray().Select(p => new PacketTally(1, PacketBytes.Carried(p, lane.BytesToAPacket))).ToArray();
            sent = sent.Plus(bundle.Count, bundle.Bytes);
            lane.TrySend(bundle);
            lane.Collect();
            var some = bundles == 1 ? chance.Below(packets.Length + 1) : packets.Length;
            parts.Add((packets, some));
            if (lane.Next(0, long.MaxValue, out _) is not null && some > 0) lane.Advance(some);
        }

        var whole = parts.Count(p => p.Sent == p.Packets.Length);
        lane.TryAcknowledge(chance.Below(whole + 1), out _);
        return Row(lane, parts, whole, chance);
    }

    private static LastWordsRow? Row(LinkLane lane, List<(PacketTally[] Packets, int Sent)> parts, int whole, Chance chance)
    {
        var acknowledged = (int)lane.Acknowledged;
        var sequence = acknowledged + chance.Below(whole - acknowledged + 1);
        var first = 0;
        if (sequence < parts.Count)
        {
            var (packets, some) = parts[sequence];
            first = chance.Below(Math.Min(some, packets.Length - 1) + 1);
        }

        if (sequence == 0 && first == 0) return null;
        var outcomes = new PacketTally[LinkLayout.Outcomes];
        var processed = parts.Take(sequence).SelectMany(p => p.Packets).Concat(first == 0 ? [] : parts[sequence].Packets[..first]);
        foreach (var packet in processed)
        {
            if (chance.OneIn(5)) continue; // its outcome is not known yet
            outcomes[chance.Below(outcomes.Length)] += packet;
        }

        return new LastWordsRow(lane.Instance, sequence, first, outcomes);
    }
}
