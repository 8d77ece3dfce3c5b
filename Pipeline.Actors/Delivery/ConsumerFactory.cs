using Pipeline.Actors.Configuration;
using Pipeline.Nic.Consumers;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Delivery;

/// <summary>From a consumer's options to the consumer.</summary>
internal static class ConsumerFactory
{
    /// <summary>
    /// What makes the group's consumers. An output is opened here and now, so that one that cannot be created is known before the
    /// first packet.
    /// </summary>
    /// <exception cref="OutputException">The output cannot be created.</exception>
    public static Func<IPacketConsumer> For(ConsumerOptions options, MarkTable table) => throw new NotImplementedException(options.Name + table);
}
