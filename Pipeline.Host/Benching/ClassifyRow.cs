namespace Pipeline.Host.Benching;

/// <summary>What one engine needs for a packet, and what touching the packet needs, measured in turns. Nanoseconds.</summary>
internal sealed record ClassifyRow(string Engine, int Rules, double Cold, double ColdTouch, double Hot, double HotTouch);
