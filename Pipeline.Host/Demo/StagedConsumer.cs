using Pipeline.Nic.Consumers;

namespace Pipeline.Host.Demo;

/// <summary>A consumer that does what it did before, unless the stage has it wait or fail. It owns the consumer in it.</summary>
internal sealed class StagedConsumer(IPacketConsumer consumer, Stage stage) : IPacketConsumer, INotingConsumer, IReporting
{
    public IReadOnlyList<string> Notes => consumer is INotingConsumer noting ? noting.Notes : [];

    public void Consume(scoped PacketBatch batch)
    {
        stage.Enter();
        consumer.Consume(batch);
    }

    public void Flush() => consumer.Flush();

    public void Complete() => consumer.Complete();

    public ConsumerReport TakeReport(int most) => consumer is IReporting reporting ? reporting.TakeReport(most) : new ConsumerReport(_ => { }, 0, 0);

    public void Dispose() => consumer.Dispose();
}
