
namespace Pipeline.Bench;

/// <summary>The cost of handing bundles of one size to another thread with one engine.</summary>
/// <param name="Engine"><c>mailbox</c>, <c>ring</c>, <c>channel</c> or <c>tell</c>.</param>
/// <param name="Bundle">The number of packets in a bundle.</param>
/// <param name="NsPerBundle">Nanoseconds from bundle to bundle under load, the median of the rounds.</param>
/// <param name="P50Microseconds">
/// Median latency of a bundle that travels alone, from before it is handed over to after its last packet was read.
/// </param>
/// <param name="P999Microseconds">The latency that one bundle in a thousand exceeds.</param>
/// <param name="AllocatedBytesPerBundle">Allocated by the whole process under load, the median of the rounds.</param>
public sealed record HandoffRow(string Engine, int Bundle, double NsPerBundle, double P50Microseconds, double P999Microseconds, double AllocatedBytesPerBundle)
{
    /// <summary>Nanoseconds per packet: the bundle's cost spread over its packets.</summary>
    public double NsPerPacket => NsPerBundle / Bundle;
}
