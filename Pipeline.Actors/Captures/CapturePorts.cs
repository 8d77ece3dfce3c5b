using Pipeline.Actors.Routing;

namespace Pipeline.Actors.Captures;

/// <summary>The captures, and others who look at packets as captures do, that one router shows its packets to.</summary>
internal sealed class CapturePorts : PortList<PacketPort>;
