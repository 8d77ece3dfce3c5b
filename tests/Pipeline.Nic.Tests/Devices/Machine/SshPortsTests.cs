using Pipeline.Nic.Devices.Machine;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Machine;

public class SshPortsTests
{
    private const string Tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:08AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17001 1 0000000000000000 100 0 0 10 0
           1: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1000        0 17002 1 0000000000000000 100 0 0 10 0
           2: 0200000A:08AE 0300000A:C350 01 00000000:00000000 02:000A7214 00000000     0        0 17003 2 0000000000000000 20 4 30 10 -1
        """;

    private const string Tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:0016 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 17004 1 0000000000000000 100 0 0 10 0
           1: broken
        """;

    [Fact]
    public void Sockets_that_listen_are_found_and_connections_are_not() =>
        Assert.Equal([new(2222, 17001), new(8080, 17002), new(22, 17004)], WaitingSocket.In(Tcp + "\n" + Tcp6, WaitingSocket.Listening));

    [Theory]
    [InlineData("# Port 1\nPort 2222\n\tport\t2200 # second\r\n", "2222 2200")]
    [InlineData("Port=22\nPort \"23\"\nPort 0\nPort none\nPort", "22 23")]
    [InlineData("ListenAddress 10.0.0.1:2022\nListenAddress [::1]:2023\nListenAddress ::\nListenAddress 0.0.0.0\nListenAddress host:2024", "2022 2023 2024")]
    [InlineData("PortForwarding 1\nPermitOpen host:80", "")]
    public void The_configuration_names_ports(string text, string ports) => Assert.Equal(ports, string.Join(' ', SshdConfig.PortsOf(text)));

    [Fact]
    public void The_sockets_of_sshd_go_before_its_configuration()
    {
        using var machine = new Machine();
        machine.Process(400, "sshd", 17001, 17003);
        machine.Process(401, "sshd", 17004);
        machine.Process(402, "web", 17002);
        machine.Configuration("sshd_config", "Port 1022");
        Assert.Equal("22 2222 by the sockets of sshd", machine.Read());
    }

    [Fact]
    public void Where_systemd_listens_the_configuration_counts_with_what_it_includes()
    {
        using var machine = new Machine();
        machine.Process(1, "systemd", 17001, 17004);
        machine.Configuration("sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\nPort 1022");
        machine.Configuration("sshd_config.d/20-more.conf", "Port 1023");
        machine.Configuration("sshd_config.d/off.conf~", "Port 1024");
        Assert.Equal("1022 1023 by sshd_config", machine.Read());
    }

    [Fact]
    public void Where_nothing_is_said_it_is_port_22()
    {
        using var machine = new Machine();
        machine.Configuration("sshd_config", "#Port 22");
        Assert.Equal("22 by default", machine.Read());
    }

    [Fact]
    public void A_machine_without_any_of_the_files_is_reached_at_port_22() => Assert.Equal([22], SshPorts.Read("/nowhere", "/nowhere").Ports);

    /// <summary>A <c>/proc</c> and an <c>/etc/ssh</c> of its own.</summary>
    private sealed class Machine : IDisposable
    {
        private readonly TemporaryFolder _folder = new();

        public Machine()
        {
            Write("proc/net/tcp", Tcp);
            Write("proc/net/tcp6", Tcp6);
        }

        public void Process(int id, string name, params long[] sockets)
        {
            Write($"proc/{id}/comm", name + "\n");
            Directory.CreateDirectory(PathOf($"proc/{id}/fd"));
            File.CreateSymbolicLink(PathOf($"proc/{id}/fd/0"), "/dev/null");
            foreach (var socket in sockets) File.CreateSymbolicLink(PathOf($"proc/{id}/fd/{socket - 17000 + 2}"), $"socket:[{socket}]");
        }

        public void Configuration(string file, string text) => Write($"ssh/{file}", text);

        public string Read()
        {
            var ssh = SshPorts.Read(PathOf("proc"), PathOf("ssh"));
            return $"{string.Join(' ', ssh.Ports)} by {ssh.Source}";
        }

        public void Dispose() => _folder.Dispose();

        private void Write(string file, string text)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(PathOf(file))!);
            File.WriteAllText(PathOf(file), text);
        }

        private string PathOf(string file) => _folder[file];
    }
}
