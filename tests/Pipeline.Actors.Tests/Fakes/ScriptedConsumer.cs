using Pipeline.Nic.Consumers;

namespace Pipeline.Actors.Tests.Fakes;

/// <summary>Does what a test says at each call, and keeps their names in order over all of its incarnations.</summary>
internal sealed class ScriptedConsumer(CallLog log, Action<int>? onConsume = null, Action? onFlush = null, Action? onComplete = null) : IPacketConsumer
{
    public void Consume(scoped PacketBatch batch)
    {
        log.Add("consume");
        onConsume?.Invoke(batch.Count);
    }

    public void Flush()
    {
        log.Add("flush");
        onFlush?.Invoke();
    }

    public void Complete()
    {
        log.Add("complete");
        onComplete?.Invoke();
    }

    public void Dispose() => log.Add("dispose");
}

/// <summary>Calls in their order. Any thread.</summary>
internal sealed class CallLog
{
    private readonly List<string> _calls = [];

    public IReadOnlyList<string> Calls
    {
        get { lock (_calls) return [.. _calls]; }
    }

    public void Add(string call)
    {
        lock (_calls) _calls.Add(call);
    }

    public int Of(string call) => Calls.Count(c => c == call);
}
