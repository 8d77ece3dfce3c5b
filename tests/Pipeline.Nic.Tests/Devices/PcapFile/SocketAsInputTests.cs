using System.Net.Sockets;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.PcapFile;

/// <summary>A socket has a name, but cannot be opened by it.</summary>
public sealed class SocketAsInputTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

    public SocketAsInputTests() => _socket.Bind(new UnixDomainSocketEndPoint(_folder["socket"]));

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_socket_is_refused_as_a_capture_by_its_name() =>
        Assert.Equal((Errno.ENXIO, _folder["socket"]), Of(Assert.Throws<LinuxException>(() => CaptureInput.Open(_folder["socket"]))));

    [Fact]
    public void A_socket_is_refused_as_a_rule_file_by_its_name() =>
        Assert.Equal((Errno.ENXIO, _folder["socket"]), Of(Assert.Throws<LinuxException>(() => TextFile.Read(_folder["socket"]))));

    private static (Errno Errno, string Subject) Of(LinuxException error) => (error.Errno, error.Subject);
}
