using Pipeline.Actors.Telemetry;

namespace Pipeline.Host.Schema;

/// <param name="Rate">Absent in the report.</param>
internal sealed record QueueJson(string Name, long Packets, long Bytes, long Bundles, RateJson? Rate, LossesJson DeviceLost)
{
    public static QueueJson Of(QueueView queue) =>
        new(queue.Name, queue.Received.Packets, queue.Received.Bytes, queue.Bundles, null, LossesJson.Of(queue.Lost));
}

/// <summary>Bundles that wait for an actor.</summary>
internal sealed record MailboxJson(int Depth, int HighWater, double OldestMicroseconds)
{
    public static MailboxJson Of(MailboxView mailbox) => new(mailbox.Depth, mailbox.HighWater, Math.Round(mailbox.OldestAge.TotalMicroseconds, 1));
}

/// <param name="Waits">Whether it waits because a route that may wait has no room.</param>
internal sealed record RouterJson(string Name, string Queue, int Generation, MailboxJson Mailbox, bool Waits)
{
    public static RouterJson Of(RouterView router) => new(router.Name, router.Queue, router.Generation, MailboxJson.Of(router.Mailbox), router.Waits);
}
