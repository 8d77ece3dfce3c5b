using System.Buffers.Binary;
using Pipeline.TestSupport;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Specs on an end of a veth pair. The other end sends packets of different lengths, each with a number in it.</summary>
public abstract class OnAWire : IDisposable
{
    /// <summary>Where in a packet its number is, of 32 bits.</summary>
    protected const int NumberAt = 14;

    private readonly VethWire? _wire = Environment.UserName == "root" ? new VethWire() : null;

    protected VethWire Wire => _wire!;

    public void Dispose()
    {
        _wire?.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Send(int first, int count)
    {
        for (var number = first; number < first + count; number++)
        {
            var packet = new byte[60 + (number % 900)];
            (packet[12], packet[13]) = (0x88, 0xb5); // IEEE 802.3, Local Experimental Ethertype 1
            BinaryPrimitives.WriteInt32BigEndian(packet.AsSpan(NumberAt), number);
            Wire.Send(packet);
        }
    }

    /// <summary>Takes the interface down and up, deletes it and makes it anew, with packets before, between and after.</summary>
    /// <returns>How many were sent. All of them have been delivered.</returns>
    private protected async Task<int> SendThroughAFlapAndADeletion(PipelineRun run)
    {
        await SendAndAwait(0, 100);
        Wire.SetUp(false);
        await Threads.Eventually(() => run.View().Queues[0].Trouble == $"{Wire.Near} is down");
        Wire.SetUp(true);
        await Threads.Eventually(() => run.View().Queues[0].Trouble is null);
        await SendAndAwait(100, 10);
        Wire.Delete();
        await Threads.Eventually(() => run.View().Queues[0].Trouble == $"there is no interface {Wire.Near}");
        Wire.Make();
        await Threads.Eventually(() => run.View().Queues[0].Trouble is null);
        await SendAndAwait(110, 10);
        return 120;

        async Task SendAndAwait(int first, int count)
        {
            Send(first, count);
            await Threads.Eventually(() => run.View().Ledger.Delivered.Packets == first + count);
        }
    }
}
