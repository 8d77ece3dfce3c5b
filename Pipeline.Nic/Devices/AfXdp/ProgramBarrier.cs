using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// Waiting until no CPU runs a program any more that was replaced or detached before. Any thread; whoever made it disposes it.
/// </summary>
/// <remarks>
/// A map of maps that no program uses. The kernel waits for all running programs before it says that such a map is changed
/// (maybe_wait_bpf_programs, kernel/bpf/syscall.c, since Linux 5.0). membarrier(2) would wait for the same, but kernels that keep
/// their tick away from some CPUs (nohz_full) refuse it.
/// </remarks>
internal sealed class ProgramBarrier : IDisposable
{
    private const string Name = "barrier";

    private readonly SafeFileHandle _inner;
    private readonly SafeFileHandle _outer;

    /// <exception cref="LinuxException">There is no memory for it, or the process lacks permission.</exception>
    public ProgramBarrier()
    {
        _inner = Bpf.CreateMap((int)EbpfMapType.Array, sizeof(uint), sizeof(uint), 1, Name);
        try
        {
            _outer = Bpf.CreateMap((int)EbpfMapType.ArrayOfMaps, sizeof(uint), sizeof(uint), 1, Name, inner: _inner);
        }
        catch
        {
            _inner.Dispose();
            throw;
        }
    }

    /// <summary>Waits for a grace period of the kernel (synchronize_rcu): some milliseconds.</summary>
    public void Wait() => Bpf.Update(_outer, 0, (uint)_inner.DangerousGetHandle(), Name);

    public void Dispose()
    {
        _outer.Dispose();
        _inner.Dispose();
    }
}
