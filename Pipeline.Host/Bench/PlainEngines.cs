using System.Threading.Channels;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Bench;

/// <summary>A bare ring to a thread that only spins.</summary>
internal sealed class RingEngine(int packets, int? cpu) : HandoffEngine("ring", packets)
{
    private readonly SpscRing<PageBundle> _ring = new(InFlight);
    private Thread? _consumer;
    private volatile bool _ended;

    protected override void Begin()
    {
        _ended = false;
        _consumer = new Thread(Consume) { IsBackground = true, Name = "bench ring" };
        _consumer.Start();
    }

    protected override void End()
    {
        _ended = true;
        _consumer!.Join();
    }

    protected override void Send(PageBundle bundle) => _ring.TryPut(bundle);

    private void Consume()
    {
        if (cpu is { } own) Sched.PinThisThread(own);
        var spins = 0;
        while (!_ended)
        {
            if (_ring.TryTake(out var bundle)) Receive(bundle!);
            else Pause(ref spins);
        }
    }
}

/// <summary>System.Threading.Channels in their usual form: an asynchronous reader on the thread pool.</summary>
internal sealed class ChannelEngine : HandoffEngine
{
    private readonly Channel<PageBundle> _channel =
        Channel.CreateUnbounded<PageBundle>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private readonly Task _reading;

    public ChannelEngine(int packets)
        : base("channel", packets) => _reading = Task.Run(Read);

    public override void Dispose()
    {
        _channel.Writer.Complete();
        _reading.Wait();
        base.Dispose();
    }

    protected override void Send(PageBundle bundle) => _channel.Writer.TryWrite(bundle);

    private async Task Read()
    {
        while (await _channel.Reader.WaitToReadAsync())
        {
            while (_channel.Reader.TryRead(out var bundle)) Receive(bundle);
        }
    }
}
