using Pipeline.Nic.Accounts;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The program on one interface: first one that passes everything, then one for each generation of rules, in the same place. Any thread.
/// </summary>
internal sealed partial class XdpAttachment : IRuleOffload, IDisposable
{
    /// <summary>Generations of which packets can still be on their way. Rules do not change faster than packets are read.</summary>
    private const int MostKnown = 64;

    private readonly Lock _gate = new();

    // Not the same as above: whoever changes rules holds that for milliseconds.
    private readonly Lock _leaveGate = new();

    // Loading takes longer still. What programs share must not be closed while one is loaded.
    private readonly Lock _loadGate = new();
    private readonly HashSet<int> _left = [];
    private readonly string _name;
    private readonly int _queues;
    private readonly bool _hasFragments;
    private LoadedGeneration[] _known = [];
    private XdpLink? _link;
    private volatile bool _isEnded;

    private XdpAttachment(string name, int queues, XdpLink link, bool hasFragments, string? whyGeneric)
    {
        (_name, _queues, _link, _hasFragments) = (name, queues, link, hasFragments);
        (Mode, WhyGeneric) = (link.Mode, whyGeneric);
        Port = new XdpPort();
    }

    /// <summary>Called after other rules are in force. Set before the first.</summary>
    public Action Changed { get; set; } = () => { };

    /// <summary>The sockets and the counts by queue.</summary>
    public XdpPort Port { get; }

    /// <summary>Where the program runs.</summary>
    public XdpMode Mode { get; }

    /// <summary>Why it does not run in the driver, where both places would have done; null where it does, or was told not to.</summary>
    public string? WhyGeneric { get; }

    /// <summary>
    /// The first generation that a CPU may still run; beyond all generations when none runs. Earlier ones write no copies any more.
    /// </summary>
    public int DecidedUpTo
    {
        get
        {
            foreach (var generation in Volatile.Read(ref _known))
            {
                if (!generation.IsFinal) return generation.Generation;
            }

            return int.MaxValue;
        }
    }

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

    public PacketTally PassedFrom(int queue)
    {
        var passed = Port.Passed(queue);
        if (queue != _queues - 1) return passed;
        for (var other = _queues; other < XdpCounters.MostQueues; other++) passed += Port.Passed(other);
        return passed;
    }

    /// <summary>The generation that a packet's metadata names; null for one that the kernel has not run for long, or never has.</summary>
    public LoadedGeneration? Find(uint generation)
    {
        var known = Volatile.Read(ref _known);
        for (var i = known.Length - 1; i >= 0; i--)
        {
            if (known[i].Generation == (int)generation) return known[i];
        }

        return null;
    }

    /// <summary>Sees to it that the last rules are attached to an interface that came back, or may have.</summary>
    /// <returns>Why that is not possible now; null when they are attached.</returns>
    public string? AttachAgain(int netdev)
    {
        lock (_gate)
        {
            if (_isEnded || _known is not [.., var current]) return null;
            try
            {
                // Where the program is in force already nothing changes. An interface that was made anew can have the number of the old.
                if (_link?.InterfaceIndex == netdev && _link.TryReplace(current.Program)) return null;
                TakeOff();
                _link = XdpLink.Attach(current.Program, _name, netdev, Mode);
                return null;
            }
            catch (XdpException e)
            {
                return e.Message;
            }
        }
    }

    /// <summary>Detaches from an interface that is gone, or has gone to another network namespace, if it is this one.</summary>
    public void DetachFrom(int netdev)
    {
        lock (_gate)
        {
            if (_link?.InterfaceIndex == netdev) TakeOff();
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

    /// <summary>Detaches for good. Afterwards no CPU runs a program, and all counts are final. Takes some milliseconds.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (_isEnded) return;
            _isEnded = true;
            TakeOff();
            Port.WaitForPrograms();
            foreach (var generation in _known) generation.End();
        }
    }

    public void Dispose()
    {
        End();
        lock (_loadGate) Port.Dispose();
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

    private void TakeOff()
    {
        _link?.Dispose();
        _link = null;
    }

    /// <summary>
    /// Runs the program of prepared rules in place of the last. Nothing runs it while the interface is gone; it is attached when that is
    /// back.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It has been detached for good.</exception>
    /// <exception cref="XdpException">The kernel refuses. The last rules stay in force.</exception>
    internal void PutInForce(LoadedGeneration next)
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

            Port.WaitForPrograms();
            if (earlier is [.., var last]) last.End();
        }

        Changed();
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
}
