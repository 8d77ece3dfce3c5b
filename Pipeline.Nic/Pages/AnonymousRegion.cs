using Pipeline.Nic.Linux;

namespace Pipeline.Nic.Pages;

/// <summary>Zeroed memory that the process owns.</summary>
/// <param name="bytes">How much.</param>
/// <exception cref="LinuxException">There is not that much memory.</exception>
internal sealed unsafe class AnonymousRegion(nuint bytes) : PageRegion(Mman.MapAnonymous(bytes), bytes)
{
    public override void Dispose() => Mman.Unmap(Start, Bytes);
}
