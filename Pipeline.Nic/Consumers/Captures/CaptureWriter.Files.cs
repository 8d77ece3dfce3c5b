using Pipeline.Nic.Accounts;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>Where files, sections and interfaces begin and end.</summary>
internal sealed unsafe partial class CaptureWriter
{
    private void StartFile()
    {
        // The capture is over until the file is there: if the file cannot be made, nothing must be written or finished.
        IsOver = true;
        _file = new BlockFile(_series.Next());
        IsOver = false;
        _fileBytes = _storedBytes = 0;
        _hasPackets = false;
        _interface = null;
        _blocks = 0;
        var section = _metadata.Section;
        _carriedBytes = !_isCompressed ? section.Length : 0;
        var room = RoomFor(CaptureLayout.MostHeaderBytes + section.Length);
        room.Commit(_layout.WriteStart(room.Next, section));
        if (!IsSizeUnknown || section.IsEmpty) return;
        Flush();
        _carriedBytes = _storedBytes;
    }

    private void EndFile()
    {
        if (_described.Count == 0) DescribeKnown();
        if (_hasPackets || !_options.IsOneOfMany) CatchUp();
        EndSection();
        Close();
    }

    private void EndSection()
    {
        Flush();
        AddStatistics();
        foreach (var described in _described) described.Id = CapturedInterface.NotDescribed;
        _described.Clear();
        Flush();
    }

    /// <summary>Starts a new section in the same file and forgets the interfaces so far: the new section knows none yet.</summary>
    private void StartSection()
    {
        EndSection();
        _interfaces.Forget();
        var room = RoomFor(CaptureLayout.MostHeaderBytes);
        room.Commit(_layout.WriteStart(room.Next, default));
    }

    private void Close()
    {
        var file = _file!;
        _file = null;
        IsOver = true;
        file.Close();
        IsOver = false;
    }

    private CapturedInterface InterfaceOf(NicInterface from)
    {
        if (_layout.HasSections && _interfaces.MustForget(from)) StartSection();
        return Described(_interfaces.Of(from));
    }

    private CapturedInterface Described(CapturedInterface captured)
    {
        if (captured.Id == CapturedInterface.NotDescribed) Describe(captured);
        return captured;
    }

    private void Describe(CapturedInterface captured)
    {
        if (_layout.Refuse(captured.Source) is { } refusal)
        {
            Flush();
            throw Fail(new OutputException(FileName, refusal), 0);
        }

        var buffer = RoomFor(CaptureLayout.MostHeaderBytes + (captured.Source.Description?.Options.Length ?? 0));
        captured.SnapLength = SnapLengths.Declared(_options.SnapLength, captured.Source.LinkType);
        captured.Id = _described.Count;
        buffer.Commit(_layout.WriteInterface(buffer.Next, captured));
        captured.DescribedUpTo = _fileBytes + buffer.Used;
        _described.Add(captured);
    }

    /// <summary>
    /// Tools refuse to open a file that describes no interface, though a file without packets is valid. One interface is enough: a capture
    /// can know a hundred thousand of them, and can have as many files.
    /// </summary>
    private void DescribeKnown()
    {
        var known = _options.KnownInterfaces?.Invoke() ?? [];
        var described = known.FirstOrDefault(i => _layout.Refuse(i) is null) ?? _layout.Default;
        if (described is not null) InterfaceOf(described);
    }

    private void AddStatistics()
    {
        foreach (var captured in _described)
        {
            var buffer = RoomFor(CaptureLayout.MostHeaderBytes);
            buffer.Commit(_layout.WriteStatistics(buffer.Next, captured));
        }
    }
}
