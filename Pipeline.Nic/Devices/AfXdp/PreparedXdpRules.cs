namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>Rules that the kernel has checked, and does not run yet. Any thread, one at a time.</summary>
internal sealed class PreparedXdpRules(XdpAttachment attachment, LoadedGeneration generation) : IPreparedRules
{
    public OffloadReport Report { get; } = new(
        generation.Generation,
        generation.Program.Program.Rules,
        $"{generation.Program.Program.Length} instructions",
        [],
        generation) { IsGuarded = true };

    public void PutInForce() => attachment.PutInForce(generation);

    public void Dispose()
    {
        if (attachment.Find((uint)generation.Generation) != generation) generation.End();
    }
}
