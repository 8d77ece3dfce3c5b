using Akka.Actor;
using Akka.Configuration;
using Akka.Dispatch;
using Akka.Dispatch.MessageQueues;

namespace Pipeline.Actors.Dispatch;

/// <summary>
/// The mailbox of every actor that bundles are sent to. It hands bundles over to another CPU, at a cost paid once per bundle. Actors choose
/// it by <see cref="Id"/>.
/// </summary>
internal sealed class BundleMailbox : MailboxType, IProducesMessageQueue<BundleQueue>
{
    /// <summary>Its place in <c>hocon/dispatchers.conf</c>.</summary>
    public const string Id = "pipeline-mailboxes.bundles";

    /// <summary>
    /// The key of a mailbox's capacity in bundles. Shares keep routes within it (<c>RoutePlans.MailboxBundles</c>), so that only a mistake can fill a
    /// mailbox. Bundles are then counted as lost to a full mailbox.
    /// </summary>
    public const string CapacityKey = "capacity";

    private readonly int _capacity;

    /// <summary>Registers a mailbox of this capacity in a system, whose pipelines may need mailboxes of different sizes.</summary>
    /// <returns>The mailbox's id, to be used in place of <see cref="Id"/>.</returns>
    public static string Sized(ActorSystem system, int bundles)
    {
        if (system.Settings.Config.GetInt($"{Id}.{CapacityKey}") == bundles) return Id;
        var id = $"{Id}-{bundles}";
        var config = $"{id} {{ mailbox-type = \"{typeof(BundleMailbox).FullName}, {typeof(BundleMailbox).Assembly.GetName().Name}\"\n"
            + $" {CapacityKey} = {bundles} }}";
        EmbeddedConfig.Into(system, id, config);
        return id;
    }

    public BundleMailbox(Settings settings, Config config)
        : base(settings, config) => _capacity = config.GetInt(CapacityKey);

    public override IMessageQueue Create(IActorRef owner, ActorSystem system) => new BundleQueue(_capacity);
}
