using System.Buffers.Binary;
using System.Net;
using System.Text;
using CsCheck;
using Pipeline.Nic.Consumers;
using Xunit;

namespace Pipeline.Nic.Tests.Consumers;

public class AddressTextTests
{
    /// <summary>Examples of RFC 5952 sections 4 and 5.</summary>
    [Theory]
    [InlineData("2001:db8:0:0:0:0:2:1", "2001:db8::2:1")]
    [InlineData("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1")]
    [InlineData("2001:0:0:1:0:0:0:1", "2001:0:0:1::1")]
    [InlineData("2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1")]
    [InlineData("::ffff:192.0.2.1", "::ffff:192.0.2.1")]
    [InlineData("0:0:0:0:0:0:0:0", "::")]
    [InlineData("0:0:0:0:0:0:0:1", "::1")]
    [InlineData("1:0:0:0:0:0:0:0", "1::")]
    [InlineData("2001:DB8::ABCD", "2001:db8::abcd")]
    public void IPv6_is_written_as_recommended(string address, string expected) => Assert.Equal(expected, V6(IPAddress.Parse(address)));

    [Fact]
    public void What_is_written_is_the_address() => Gen.Frequency((3, Gen.Const((ushort)0)), (2, Gen.UShort)).Array[8].Sample(groups =>
    {
        var bytes = new byte[16];
        for (var i = 0; i < 8; i++) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(i * 2), groups[i]);

        Assert.Equal(new IPAddress(bytes), IPAddress.Parse(V6(new IPAddress(bytes))));
    });

    [Fact]
    public void IPv4_is_written_as_the_runtime_writes_it() => Gen.UInt.Sample(address =>
    {
        var text = new byte[15];
        var written = AddressText.V4(text, address);

        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, address);
        Assert.Equal(new IPAddress(bytes).ToString(), Encoding.ASCII.GetString(text, 0, written));
    });

    private static string V6(IPAddress address)
    {
        var text = new byte[39];
        return Encoding.ASCII.GetString(text, 0, AddressText.V6(text, BinaryPrimitives.ReadUInt128BigEndian(address.GetAddressBytes())));
    }
}
