using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Leaves out of a capture that is read wrongly whatever it is still read wrongly without.</summary>
internal sealed class CaptureShrinking(CaptureUnderTest reader, Passage passage)
{
    private const int MostTries = 20_000;

    /// <summary>What nearly all lengths in captures are multiples of.</summary>
    private const int Step = 4;

    private readonly SpecifiedCapture _expected = new();
    private int _tries;

    public byte[] Shrink(byte[] capture)
    {
        // A pipe costs a hundred times as much.
        var fromPipe = passage;
        passage = fromPipe with { Chunk = 0 };
        if (!Fails(capture)) passage = fromPipe;
        for (var piece = capture.Length & -Step; piece > 0; piece -= Step) capture = Without(capture, piece, Step);
        return Without(capture, 1, 1);
    }

    private byte[] Without(byte[] capture, int piece, int step)
    {
        for (var at = 0; at + piece <= capture.Length && _tries < MostTries;)
        {
            byte[] rest = [.. capture[..at], .. capture[(at + piece)..]];
            if (Fails(rest)) capture = rest;
            else at += step;
        }

        return capture;
    }

    private bool Fails(byte[] capture)
    {
        _tries++;
        _expected.Read(capture, capture.Length, passage.PageBytes);
        try
        {
            reader.Check(_expected, passage);
            return false;
        }
        catch (FuzzException)
        {
            return true;
        }
    }
}
