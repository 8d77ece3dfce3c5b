using Pipeline.Nic.Devices.Machine;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.Machine;

public class KernelFunctionsTests
{
    // A type of each size that has more than the common part, and then two functions.
    private static readonly uint[] Types =
    [
        1, 1u << 24, 4, 0x20, // INT
        0, 3u << 24, 0, 1, 1, 2, // ARRAY
        1, (4u << 24) | 2, 8, 1, 1, 0, 1, 1, 32, // STRUCT of two members
        0, (13u << 24) | 1, 1, 1, 1, // FUNC_PROTO of one parameter
        5, 12u << 24, 4, // FUNC read
        10, (12u << 24) | 1, 4, // FUNC reader
    ];

    private static readonly byte[] Texts = "\0int\0read\0reader\0"u8.ToArray();

    [Fact]
    public void Functions_are_found_by_their_whole_names_behind_types_of_every_size()
    {
        Assert.Equal([5, 6], KernelFunctions.Find(Btf(), ["read", "reader"])!);
        Assert.Null(KernelFunctions.Find(Btf(), ["read", "reade"]));
        Assert.Null(KernelFunctions.Find(Btf(), ["int"]));
    }

    [Fact]
    public void Types_that_are_cut_or_strange_have_no_functions()
    {
        var btf = Btf();
        for (var length = 0; length < btf.Length; length++) Assert.Null(KernelFunctions.Find(btf.AsSpan(0, length), ["read"]));
        btf[24 + 7] = 31;
        Assert.Null(KernelFunctions.Find(btf, ["read"]));
    }

    [Fact]
    public void A_kernel_that_does_not_tell_its_types_has_none() => Assert.Null(KernelFunctions.NumbersOf(["read"], "/nowhere"));

    [Fact]
    public void Nothing_is_tracked_where_the_kernel_does_not_say_so() => Assert.Null(ConnectionTracking.Read("/nowhere"));

    private static byte[] Btf()
    {
        var types = new byte[Types.Length * 4];
        Buffer.BlockCopy(Types, 0, types, 0, types.Length);
        uint[] header = [0x0001_eb9f, 24, 0, (uint)types.Length, (uint)types.Length, (uint)Texts.Length];
        var head = new byte[24];
        Buffer.BlockCopy(header, 0, head, 0, head.Length);
        return [.. head, .. types, .. Texts];
    }
}
