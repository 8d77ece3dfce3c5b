using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Consumers.Printing;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Consumers.Printing;

/// <summary>Packets as they are printed, into a file of the test's own.</summary>
internal static class Printed
{
    public static readonly PrintOptions Plain = new() { Time = PrintedTime.None, Zone = TimeZoneInfo.Utc };

    public static string Line(byte[] packet, PrintOptions? options = null) => Text(options ?? Plain, new SentPacket(packet, 1)).TrimEnd('\n');

    public static string Text(PrintOptions options, params SentPacket[] packets) => Text(options, table: null, LinkType.Ethernet, packets);

    public static string Text(PrintOptions options, MarkTable? table, LinkType linkType, params SentPacket[] packets)
    {
        using var folder = new TemporaryFolder();
        using (var feed = new PacketFeed())
        {
            using var consumer = new PrintConsumer(options, OutputFile.Create(folder["out"], null));
            if (table is not null) feed.Give(consumer, table, packets);
            else feed.Give(consumer, new NicInterface(0, "eth0", linkType, 0), packets);
            consumer.Complete();
        }

        return File.ReadAllText(folder["out"]);
    }
}
