using Pipeline.Nic.Consumers;
using Pipeline.Nic.Consumers.Captures;

namespace Pipeline.Nic.Tests.Consumers;

/// <summary>A capture with a buffer of the test's own size.</summary>
internal sealed class WriterConsumer(CaptureWriter writer) : IPacketConsumer
{
    public void Consume(scoped PacketBatch batch)
    {
        foreach (ref readonly var packet in batch.Packets)
        {
            batch.HoldWritten(1, packet.CapturedLength);
            writer.Append(packet, batch, packet.CapturedLength);
        }
    }

    public void Flush() => writer.Flush();

    public void Complete() => writer.Finish();

    public void Dispose()
    {
    }
}
