using System.Security.Cryptography;
using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Writes down every packet: when it came, with which mark, by which rule, and its bytes.</summary>
/// <param name="seen">The notes of all instances.</param>
/// <param name="delay">Thousands of spins for each batch.</param>
internal sealed class NotingConsumer(List<string> seen, int delay = 0) : IPacketConsumer
{
    public void Consume(scoped PacketBatch batch)
    {
        Thread.SpinWait(delay * 1000);
        foreach (ref readonly var packet in batch.Packets)
        {
            var digest = Convert.ToHexString(SHA256.HashData(batch.BytesOf(packet)));
            var line = $"{packet.TimestampNanoseconds} {packet.Mark:x} {packet.Rule} {digest}";
            lock (seen) seen.Add(line);
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
