namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>The interfaces of a capture, in the order they were described. One thread adds, any thread reads.</summary>
internal sealed class InterfaceList
{
    /// <summary>
    /// Over all sections of a file. Far more than any machine has; a limit, because a file of nothing but interfaces must not fill
    /// the memory.
    /// </summary>
    public const int Most = 128 * 1024;

    private NicInterface[] _interfaces = new NicInterface[4];
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public void Add(NicInterface nicInterface)
    {
        if (_count == _interfaces.Length)
        {
            var larger = new NicInterface[_count * 2];
            _interfaces.CopyTo(larger, 0);
            Volatile.Write(ref _interfaces, larger);
        }

        _interfaces[_count] = nicInterface;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Those known now; interfaces added later do not show in it.</summary>
    public IReadOnlyList<NicInterface> Snapshot()
    {
        // The count before the array: an array seen later holds at least as many.
        var count = Count;
        return new ArraySegment<NicInterface>(Volatile.Read(ref _interfaces), 0, count);
    }
}
