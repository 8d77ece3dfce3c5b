using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>How the rules change: a program is loaded for each generation, and put in the place of the last.</summary>
internal sealed partial class XdpAttachment
{
    /// <summary>Generations of which packets can still be on their way. Rules do not change faster than packets are read.</summary>
    private const int MostKnown = 64;

    /// <exception cref="ObjectDisposedException">It has been detached for good.</exception>
    /// <exception cref="MissingCapabilityException">Rules want copies, and the process lacks the capability for them.</exception>
    /// <exception cref="XdpException">
    /// The kernel rejects the program, or cannot run every rule: it would take packets whose fate only software knows, and cannot get them
    /// back.
    /// </exception>
    public IPreparedRules Prepare(OffloadedRules rules)
    {
        var program = XdpProgram.Compile(rules.Rules, rules.Guards, rules.Verdicts, new XdpTraits(_hasFragments, MakesCopies: true));
        if (program.Refused is [var (rule, reason), ..])
            throw new XdpException(
                $"rule '{rule.Name}' cannot run in the kernel: {reason}. What XDP takes cannot be given back, so all rules must run there; "
                + "expected fewer or simpler rules, or the backend afpacket, which takes nothing");
        lock (_loadGate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            if (program.Traits.MakesCopies) OpenCopies();
            return new PreparedXdpRules(this, new LoadedGeneration(LoadedXdpProgram.Load(program, Port)));
        }
    }

    public void Leave(int verdict, bool isLeft)
    {
        lock (_leaveGate)
        {
            if (isLeft) _left.Add(verdict);
            else _left.Remove(verdict);
            if (_known is [.., var current]) current.Program.Leave(verdict, isLeft);
        }
    }

    /// <summary>From now on the program leaves every packet with the kernel. It takes no time.</summary>
    public void TakeNothing()
    {
        if (Volatile.Read(ref _known) is [.., var current]) current.Program.LeaveAll();
    }

    /// <summary>
    /// Runs the program of prepared rules in place of the last. Nothing runs it while the interface is gone; it is attached when that is
    /// back.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It has been detached for good.</exception>
    /// <exception cref="XdpException">The kernel refuses. The last rules stay in force.</exception>
    internal void PutInForce(LoadedGeneration next)
    {
        lock (_changeGate)
        {
            Replace(next);
            TryEndEarlierThan(next);
        }

        Changed();
    }

    private void Replace(LoadedGeneration next)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, this);
            var earlier = _known;

            // Packets can carry the new number at once, so it is known before.
            Know([.. earlier.TakeLast(MostKnown - 1), next]);
            try
            {
                if (_link?.TryReplace(next.Program) == false) TakeOff();
            }
            catch (XdpException)
            {
                Know(earlier);
                throw;
            }
        }
    }

    /// <summary>
    /// The next generation is in force whether or not the kernel has the memory to say when the earlier are over. Where it has not, they
    /// are over with the next change.
    /// </summary>
    private void TryEndEarlierThan(LoadedGeneration next)
    {
        try
        {
            Port.WaitForPrograms();
        }
        catch (LinuxException)
        {
            return;
        }

        EndAllBut(next);
    }

    private void EndAllBut(LoadedGeneration? current)
    {
        foreach (var generation in _known)
        {
            if (generation != current && !generation.IsFinal) generation.End();
        }
    }

    /// <summary>Takes over which generations there are. The last leaves with the kernel what is left now.</summary>
    private void Know(LoadedGeneration[] generations)
    {
        lock (_leaveGate)
        {
            if (generations is [.., var last])
            {
                for (var verdict = 0; verdict < last.Program.Program.Verdicts; verdict++)
                    last.Program.Leave(verdict, _left.Contains(verdict));
            }

            Volatile.Write(ref _known, generations);
        }
    }

    private void OpenCopies()
    {
        try
        {
            Port.Copies.Open();
        }
        catch (LinuxException e) when (e.Errno is Errno.EACCES or Errno.EPERM)
        {
            throw new MissingCapabilityException(_name, "copying packets that stay with the kernel", ["CAP_PERFMON"], e);
        }
        catch (LinuxException e)
        {
            throw new XdpException($"{_name}: no room for copies of packets that stay with the kernel: {e.Message}", inner: e);
        }
    }
}
