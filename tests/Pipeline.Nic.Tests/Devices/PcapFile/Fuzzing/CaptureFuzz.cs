using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Makes up a capture by a seed, breaks two of three, and has it read. For one thread.</summary>
internal sealed class CaptureFuzz : IDisposable
{
    private readonly CaptureDraft _draft = new();
    private readonly SpecifiedCapture _expected = new();
    private readonly CaptureUnderTest _reader = new();
    private readonly CaptureRoundTrip _roundTrip;
    private long _packets;
    private long _empty;
    private long _broken;

    public CaptureFuzz() => _roundTrip = new CaptureRoundTrip(_reader);

    /// <summary>What the runs so far have met.</summary>
    public string Seen => $"{_packets} packets, {_empty} of them of no bytes, {_broken} captures broken, {_roundTrip.Count} written and read again";

    public bool HasMetAll => _packets > 0 && _empty > 0 && _broken > 0 && _roundTrip.Count > 0;

    /// <exception cref="FuzzException">The capture, as short as it still fails, and what is wrong.</exception>
    public void Once(ulong seed)
    {
        var chance = new Chance(seed);
        var passage = Passage.Any(chance);
        Make(chance, passage.PageBytes);
        _expected.Read(_draft.Bytes, _draft.Length, passage.PageBytes);
        try
        {
            _reader.Check(_expected, passage);
            if (chance.OneIn(8)) _roundTrip.Check(_expected, passage, chance);
        }
        catch (FuzzException e)
        {
            var shortest = new CaptureShrinking(_reader, passage).Shrink(_draft.Bytes.AsSpan(0, _draft.Length).ToArray());
            throw new FuzzException($"{e.Message}\n{passage}; {shortest.Length} bytes do it:\n{Convert.ToBase64String(shortest)}", e);
        }

        Count();
    }

    public void Dispose() => _reader.Dispose();

    private void Make(Chance chance, int pageBytes)
    {
        _draft.Begin(chance, pageBytes);
        if (chance.OneIn(2)) RandomPcap.Write(_draft, chance);
        else RandomPcapng.Write(_draft, chance);
        if (!chance.OneIn(3)) CaptureMutation.Apply(_draft, chance);
    }

    private void Count()
    {
        _packets += _expected.Packets.Count;
        foreach (var packet in _expected.Packets) _empty += packet.Captured == 0 ? 1 : 0;
        if (_expected.BrokenAt is not null) _broken++;
    }
}
