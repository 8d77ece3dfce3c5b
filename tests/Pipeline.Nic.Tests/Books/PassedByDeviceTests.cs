using Pipeline.Nic.Accounts;
using Xunit;

namespace Pipeline.Nic.Tests.Books;

/// <summary>What a device passes by itself is received and passed at once.</summary>
public class PassedByDeviceTests
{
    private static readonly NicInterface Interface = NicInterface.Unknown;

    [Fact]
    public void It_is_in_received_and_in_passed_to_the_byte_and_shown_apart()
    {
        var ledger = new Ledger();
        ledger.AddQueue("a", () => new PacketTally(30, 3000)).CountReceived(Interface, 10, 1000);
        ledger.AddQueue("b").CountReceived(Interface, 5, 500);
        ledger.AddAccount("stack", AccountKind.Stack).Delivered(4, 400);

        var books = ledger.Read();

        Assert.Equal((new PacketTally(45, 4500), new PacketTally(34, 3400), new PacketTally(30, 3000)), (books.Received, books.Passed, books.PassedByDevice));
        Assert.Equal(new PacketTally(11, 1100), books.InFlight);
        Assert.Equal([new PacketTally(40, 4000), new PacketTally(5, 500)], books.Queues.Select(q => q.Received));
        Assert.Equal([30, 0], books.Queues.Select(q => q.PassedByDevice.Packets));
    }

    [Fact]
    public void However_much_is_passed_while_the_books_are_read_none_of_it_is_in_flight()
    {
        var (ledger, passed) = (new Ledger(), 0L);
        ledger.AddQueue("a", () => new PacketTally(passed += 1000, passed * 64));
        ledger.AddQueue("b", () => new PacketTally(passed += 1000, passed * 64));

        for (var i = 0; i < 10; i++)
        {
            var books = ledger.Read();
            Assert.Equal(default, books.InFlight);
            Assert.True(books.BalancesRunning && books.BalancesAtRest);
        }
    }
}
