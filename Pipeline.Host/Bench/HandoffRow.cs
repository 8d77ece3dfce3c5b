
namespace Pipeline.Bench;

/// <summary>What handing bundles of one size to another thread costs with one engine.</summary>
/// <param name="Engine"><c>mailbox</c>, <c>ring</c>, <c>channel</c> or <c>tell</c>.</param>
/// <param name="Bundle">Packets to a bundle.</param>
/// <param name="NsPerBundle">Nanoseconds from bundle to bundle under load, the median of the rounds.</param>
/// <param name="P50Microseconds">Latency of a bundle that travels alone, from before it is handed over to after its last packet was read.</param>
/// <param name="P999Microseconds">The latency that one bundle in a thousand exceeds.</param>
/// <param name="AllocatedBytesPerBundle">By the whole process while it ran under load, the median of the rounds.</param>
public sealed record HandoffRow(string Engine, int Bundle, double NsPerBundle, double P50Microseconds, double P999Microseconds, double AllocatedBytesPerBundle)
{
    /// <summary>Nanoseconds, the bundle's cost spread over its packets.</summary>
    public double NsPerPacket => NsPerBundle / Bundle;
}
