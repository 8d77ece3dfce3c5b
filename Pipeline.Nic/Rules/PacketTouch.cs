using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules.Il;

namespace Pipeline.Nic.Rules;

/// <summary>
/// Reads one word of each packet, in the same loop that rules run in. It measures the cost of bringing packets into the cache: no rule can
/// be faster. Rules are measured against it. Any thread.
/// </summary>
/// <param name="offset">Bytes to the word; shorter packets are skipped.</param>
public sealed class PacketTouch(int offset)
{
    private readonly RuleLoop _loop = RuleCompiler.CompileTouch(offset);

    /// <summary>Reads the word of every packet of a bundle that the caller owns, and changes nothing.</summary>
    /// <returns>The sum of the words, so that no read is optimized away.</returns>
    public unsafe int Touch(PageBundle bundle)
    {
        var region = bundle.Pool.RegionFor(bundle.Packets);
        fixed (Packet* packets = bundle.Packets)
        {
            var sum = _loop(packets, bundle.Count, null, region, null, (int)bundle.Interface.LinkType);
            GC.KeepAlive(this);
            return sum;
        }
    }
}
