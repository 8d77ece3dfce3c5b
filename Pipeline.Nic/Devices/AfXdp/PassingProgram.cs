using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The shortest XDP program: every packet stays with the kernel, and none is counted. It holds an interface's place until there are rules,
/// so that everything that can be refused is refused before any packet is taken.
/// </summary>
internal sealed class PassingProgram : IDisposable
{
    private PassingProgram(SafeFileHandle handle, bool hasFragments) => (Handle, HasFragments) = (handle, hasFragments);

    public SafeFileHandle Handle { get; }

    /// <summary>Whether it declares that it takes packets in several pieces.</summary>
    public bool HasFragments { get; }

    /// <summary>Loads it. In the driver it declares that it takes packets in several pieces, where the kernel knows that.</summary>
    /// <exception cref="XdpException">The process lacks permission, or the kernel runs no XDP programs.</exception>
    public static PassingProgram Load(XdpMode mode)
    {
        var code = new EbpfAssembler();
        code.Set(EbpfRegister.R0, XdpCompiler.Pass);
        code.Exit();
        var instructions = code.Assemble();
        var bytes = new byte[instructions.Length * EbpfInstruction.Bytes];
        for (var i = 0; i < instructions.Length; i++) instructions[i].Write(bytes.AsSpan(i * EbpfInstruction.Bytes));
        try
        {
            if (mode == XdpMode.Native && Bpf.LoadXdp(bytes, Bpf.BPF_F_XDP_HAS_FRAGS, "pipeline_pass", out _) is { } large)
                return new PassingProgram(large, hasFragments: true);
            return new PassingProgram(
                Bpf.LoadXdp(bytes, 0, "pipeline_pass", out var log) ?? throw new XdpException($"the kernel runs no XDP programs: {log}"),
                hasFragments: false);
        }
        catch (LinuxException e)
        {
            throw LoadedXdpProgram.Explained(e);
        }
    }

    public void Dispose() => Handle.Dispose();
}
