using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The mailbox of every actor that bundles are sent to: the handoff to another CPU, paid once per bundle. Chosen by <see cref="Id"/>.
/// </summary>
internal sealed class BundleMailbox : MailboxType, IProducesMessageQueue<BundleQueue>
{
    /// <summary>Its place in <c>hocon/dispatchers.conf</c>.</summary>
    public const string Id = "pipeline-mailboxes.bundles";

    /// <summary>
    /// Bundles to a mailbox. Shares keep what routes send within it (<see cref="Topology"/>), so that it fills
    /// only by a mistake; then bundles are counted as lost to a full mailbox.
    /// </summary>
    public const string CapacityKey = "capacity";

    private readonly int _capacity;

    /// <summary>Makes a mailbox for so many bundles known to a system, which may hold pipelines that need mailboxes of different sizes.</summary>
    /// <returns>Its id, to be used in place of <see cref="Id"/>.</returns>
    public static string Sized(ActorSystem system, int bundles)
    {
        if (system.Settings.Config.GetInt($"{Id}.{CapacityKey}") == bundles) return Id;
        var id = $"{Id}-{bundles}";
        var config = $"{id} {{ mailbox-type = \"{typeof(BundleMailbox).FullName}, {typeof(BundleMailbox).Assembly.GetName().Name}\"\n {CapacityKey} = {bundles} }}";
        EmbeddedConfig.Into(system, id, config);
        return id;
    }

    public BundleMailbox(Settings settings, Config config)
        : base(settings, config) => _capacity = config.GetInt(CapacityKey);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BundleQueue(_capacity);
}
