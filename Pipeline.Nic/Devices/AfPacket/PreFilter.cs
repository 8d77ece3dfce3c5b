using Pipeline.Nic.Headers;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;

namespace Pipeline.Nic.Devices.AfPacket;

/// <summary>An expression as a program for the kernel to run on a socket.</summary>
internal static class PreFilter
{
    /// <exception cref="FilterException">
    /// It is no expression for this link type, it is too long for a socket, or libpcap is missing.
    /// </exception>
    public static SocketFilter.sock_filter[] Compile(string expression, LinkType linkType)
    {
        var program = FilterCompiler.Compile(expression, LinkLayer.FromLinkType(linkType));
        const int Most = SocketFilter.MostInstructions - SocketFilter.PrefixInstructions;
        if (program.Length > Most)
        {
            throw new FilterException(
                $"the expression has {program.Length} instructions, and a socket takes {Most} of them; select in software instead");
        }

        return Array.ConvertAll(
            program.Instructions.ToArray(), i => new SocketFilter.sock_filter((ushort)i.Opcode, i.IfTrue, i.IfFalse, i.K));
    }
}
