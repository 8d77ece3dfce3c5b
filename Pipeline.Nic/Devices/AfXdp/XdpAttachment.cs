using Pipeline.Nic.Accounts;
using Pipeline.Nic.Rules.Ebpf;

namespace Pipeline.Nic.Devices.AfXdp;

/// <summary>
/// The program on one interface: first one that passes everything, then one for each generation of rules, in the same place. Any thread.
/// </summary>
internal sealed partial class XdpAttachment : IRuleOffload, IDisposable
{
    // Whoever changes rules or ends holds this for a grace period of the kernel. Nobody who looks after the interface waits for it.
    private readonly Lock _changeGate = new();
    private readonly Lock _gate = new();
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

    /// <summary>Detaches for good. Afterwards no CPU runs a program, and all counts are final. Takes some milliseconds.</summary>
    public void End()
    {
        lock (_changeGate)
        {
            lock (_gate)
            {
                if (_isEnded) return;
                _isEnded = true;
                TakeOff();
            }

            try
            {
                Port.WaitForPrograms();
            }
            finally
            {
                EndAllBut(null);
            }
        }
    }

    public void Dispose()
    {
        try
        {
            End();
        }
        finally
        {
            lock (_loadGate) Port.Dispose();
        }
    }

    private void TakeOff()
    {
        _link?.Dispose();
        _link = null;
    }
}
