using Pipeline.Nic.Devices.Machine;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Machine;

public class UdpServersTests
{
    private const string Udp = """
           sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
          100: 00000000:14E9 00000000:0000 07 00000000:00000000 00:00000000 00000000   104        0 20001 2 0000000000000000 0
          101: 0200000A:0035 00000000:0000 07 00000000:00000000 00:00000000 00000000   104        0 20002 2 0000000000000000 0
          102: 0200000A:0045 0300000A:0035 01 00000000:00000000 00:00000000 00000000   104        0 20003 2 0000000000000000 0
          103: 00000000:C350 00000000:0000 07 00000000:00000000 00:00000000 00000000   104        0 20004 2 0000000000000000 0
          104: 00000000:007B 00000000:0000 07 00000000:00000000 00:00000000 00000000   104        0 20005 2 0000000000000000 0
          broken 07
        """;

    private const string Udp6 = """
           sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
          200: 00000000000000000000000000000000:0202 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 20006 2 0000000000000000 0
        """;

    [Fact]
    public void Ports_of_servers_are_those_without_a_peer_that_no_client_was_given()
    {
        using var proc = new TemporaryFolder();
        Write(proc, "net/udp", Udp);
        Write(proc, "net/udp6", Udp6);
        Assert.Equal([53, 514, 5353], UdpServers.Read(proc["."]));
        Write(proc, "sys/net/ipv4/ip_local_port_range", "1000\t6000\n");
        Assert.Equal([53, 514, 50000], UdpServers.Read(proc["."]));
    }

    [Fact]
    public void A_machine_without_the_files_serves_nothing() => Assert.Empty(UdpServers.Read("/nowhere"));

    private static void Write(TemporaryFolder proc, string file, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(proc[file])!);
        File.WriteAllText(proc[file], text);
    }
}
