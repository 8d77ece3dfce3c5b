using System.Buffers.Binary;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Keeps the numbers of the packets it got, in their order, over all of its incarnations; does on the way what it is told.</summary>
internal sealed class RecordingConsumer(List<long> numbers, Action<long>? onPacket = null) : IPacketConsumer
{
    public void Consume(scoped PacketBatch batch)
    {
        foreach (ref readonly var packet in batch.Packets)
        {
            var number = BinaryPrimitives.ReadInt64BigEndian(batch.BytesOf(packet));
            onPacket?.Invoke(number);
            lock (numbers) numbers.Add(number);
        }
    }

    public void Flush()
    {
    }

    public void Complete()
    {
    }

    public void Dispose()
    {
    }
}
