using Pipeline.Nic.Devices;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules;

/// <summary>A pcap-filter expression by itself, as given on a command line. Compiled for each link type it meets.</summary>
public sealed class PacketFilter
{
    private PacketFilter(string expression) => Expression = expression;

    public string Expression { get; }

    public static PacketFilter Create(string expression) => new(expression);

    /// <summary>Compiles it for a link type; may be called again and from any thread.</summary>
    /// <returns>libpcap's words when it rejects the expression for this link type, which then never matches; else null.</returns>
    public string? Prepare(LinkType linkType) => null;

    /// <summary>Sets <see cref="PacketFlags.Selected"/> on the packets that match.</summary>
    /// <returns>How many do.</returns>
    public int Select(PageBundle bundle) => 0;
}
