using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Devices.AfPacket;
using Pipeline.Nic.Linux;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfPacket;

/// <summary>Which of the kernel's groups a socket comes into.</summary>
public sealed class FanoutGroupTests : IDisposable
{
    private readonly FanoutGroup _group = new(new AfPacketOptions());
    private readonly List<SafeFileHandle> _sockets = [];
    private readonly VethWire _wire = null!;

    public FanoutGroupTests()
    {
        if (Environment.UserName == "root") _wire = new VethWire();
    }

    public void Dispose()
    {
        foreach (var socket in _sockets) socket.Dispose();
        _wire?.Dispose();
    }

    [FactThatNeeds(Need.Root)]
    public void Where_the_group_of_an_interface_refuses_a_socket_no_second_one_is_made_beside_it()
    {
        var first = Join(_wire);
        var refused = Bound(_wire);
        SysSocket.Bind(refused, IfPacket.AddressOf(_wire.Index) with { sll_protocol = 0x0008 }, _wire.Near); // Another protocol: IPv4.

        Assert.NotNull(first);
        Assert.Null(_group.TryJoin(refused, _wire.Index, _wire.Near));
        Assert.Same(first, Join(_wire));
        Assert.Equal(2, first.Members);
    }

    [FactThatNeeds(Need.Root)]
    public void An_interface_with_another_number_gets_another_group_while_the_earlier_one_still_has_members()
    {
        using var other = new VethWire();
        var first = Join(_wire)!;

        var second = Join(other)!;

        Assert.NotEqual(first.Id, second.Id);
        Assert.Same(second, Join(other));
        Assert.Equal((1, 2), (first.Members, second.Members));
    }

    [FactThatNeeds(Need.Root)]
    public void Nobody_joins_a_group_whose_interface_is_gone_even_if_another_has_its_number()
    {
        var first = Join(_wire)!;
        _group.Retire(first);
        var second = Join(_wire)!;

        _group.Retire(first);
        _group.Leave(first);

        Assert.NotEqual(first.Id, second.Id);
        Assert.Same(second, Join(_wire));
    }

    private FanoutGroup.Membership? Join(VethWire wire) => _group.TryJoin(Bound(wire), wire.Index, wire.Near);

    private SafeFileHandle Bound(VethWire wire)
    {
        var socket = PacketSocket.OpenRaw(wire.Near);
        _sockets.Add(socket);
        SocketFilter.AttachNothing(socket, wire.Near);
        SysSocket.Bind(socket, IfPacket.AddressOf(wire.Index), wire.Near);
        return socket;
    }
}
