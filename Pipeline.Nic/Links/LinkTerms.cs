namespace Pipeline.Nic.Links;

/// <summary>What both ends of a link must agree about before it carries anything. The hello says it, and a difference is refused.</summary>
/// <param name="WireTypes">A hash of the types that the control plane sends. The caller computes it; 0 where there is none.</param>
/// <param name="FrameLimit">
/// The most bytes of a frame, 4 KiB to 256 KiB. A packet that is too long for it has a longer frame to itself.
/// </param>
/// <param name="Window">Bytes that the link may have unacknowledged, entries included: 64 KiB to 64 MiB.</param>
/// <param name="InstanceWindow">The same for each instance, so that a slow one does not hold up the others. At most the link's.</param>
public sealed record LinkTerms(ulong WireTypes = 0, int FrameLimit = 64 << 10, int Window = 4 << 20, int InstanceWindow = 1 << 20)
{
    /// <exception cref="ArgumentOutOfRangeException">A number is outside of its bounds.</exception>
    internal void Check()
    {
        CheckWithin(FrameLimit, 4 << 10, 256 << 10, nameof(FrameLimit));
        CheckWithin(Window, 64 << 10, 64 << 20, nameof(Window));
        CheckWithin(InstanceWindow, 4 << 10, Window, nameof(InstanceWindow));
    }

    private static void CheckWithin(int value, int least, int most, string name)
    {
        if (value < least || value > most) throw new ArgumentOutOfRangeException(name, value, $"expected {least} to {most} bytes");
    }
}
