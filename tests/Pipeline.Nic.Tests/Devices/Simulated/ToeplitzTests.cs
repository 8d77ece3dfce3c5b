using System.Buffers.Binary;
using System.Net;
using CsCheck;
using Pipeline.Nic.Devices.Simulated;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Simulated;

public class ToeplitzTests
{
    /// <summary>Microsoft, "Verifying the RSS Hash Calculation", Windows driver documentation: destination, source, hash without and with ports.</summary>
    [Theory]
    [InlineData("161.142.100.80", 1766, "66.9.149.187", 2794, 0x323e8fc2, 0x51ccc178)]
    [InlineData("65.69.140.83", 4739, "199.92.111.2", 14230, 0xd718262a, 0xc626b0ea)]
    [InlineData("12.22.207.184", 38024, "24.19.198.95", 12898, 0xd2d0a5de, 0x5c2b394a)]
    [InlineData("209.142.163.6", 2217, "38.27.205.30", 48228, 0x82989176, 0xafc7327f)]
    [InlineData("202.188.127.2", 1303, "153.39.163.191", 44251, 0x5d1809c5, 0x10e828a2)]
    [InlineData("3ffe:2501:200:3::1", 1766, "3ffe:2501:200:1fff::7", 2794, 0x2cc18cd5, 0x40207d3d)]
    [InlineData("ff02::1", 4739, "3ffe:501:8::260:97ff:fe40:efab", 14230, 0x0f0c461c, 0xdde51bbf)]
    [InlineData("fe80::200:f8ff:fe21:67cf", 38024, "3ffe:1900:4545:3:200:f8ff:fe21:67cf", 44251, 0x4b61e985, 0x02d1feef)]
    public void The_published_vectors_hold(string destination, int destinationPort, string source, int sourcePort, uint addressesOnly, uint withPorts)
    {
        var input = Input(source, sourcePort, destination, destinationPort);

        Assert.Equal(addressesOnly, Toeplitz.Hash(Toeplitz.PublishedKey, input.AsSpan(0, input.Length - 4)));
        Assert.Equal(withPorts, Toeplitz.Hash(Toeplitz.PublishedKey, input));
    }

    [Fact]
    public void The_symmetric_key_gives_both_directions_one_hash() =>
        Gen.Select(Gen.UInt, Gen.UInt, Gen.UShort, Gen.UShort).Sample((a, b, from, to) =>
        {
            var (one, other) = (new IPAddress(a).ToString(), new IPAddress(b).ToString());
            Assert.Equal(Toeplitz.Hash(Toeplitz.SymmetricKey, Input(one, from, other, to)), Toeplitz.Hash(Toeplitz.SymmetricKey, Input(other, to, one, from)));
        });

    [Fact]
    public void The_longest_input_that_a_key_has_bits_for_is_36_bytes() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => Toeplitz.Hash(Toeplitz.PublishedKey, new byte[37]));

    private static byte[] Input(string source, int sourcePort, string destination, int destinationPort)
    {
        var ports = new byte[4];
        BinaryPrimitives.WriteUInt16BigEndian(ports, (ushort)sourcePort);
        BinaryPrimitives.WriteUInt16BigEndian(ports.AsSpan(2), (ushort)destinationPort);
        return [.. IPAddress.Parse(source).GetAddressBytes(), .. IPAddress.Parse(destination).GetAddressBytes(), .. ports];
    }
}
