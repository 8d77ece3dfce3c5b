using System.Runtime.CompilerServices;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// Captures written side by side. Only a limited number have a descriptor and a buffer at a time. It owns the buffers. For one thread.
/// </summary>
internal sealed class OpenCaptures(int mostOpen, SharedPackets shared) : IDisposable
{
    private const int MostBufferBytes = 1 << 18;
    private const int LeastBufferBytes = 1 << 16;

    // A few captures get buffers of the full size; many together stay within this and a little more.
    private const int UsualTotalBytes = 32 << 20;

    private readonly InterfaceBudget _interfaces = new();
    private readonly List<CaptureWriter> _open = [];
    private readonly List<BlockBuffer> _buffers = [];
    private readonly Stack<BlockBuffer> _free = new();
    private int _totalBytes;
    private long _uses;

    /// <summary>Starts a capture. It is then open.</summary>
    /// <exception cref="OutputException">It cannot be made, or another that had to be closed for it could not be written out.</exception>
    public CaptureWriter Create(CaptureOptions options)
    {
        var buffer = TakeBuffer();
        try
        {
            return Opened(new CaptureWriter(options, buffer, _interfaces));
        }
        catch
        {
            _free.Push(buffer);
            throw;
        }
    }

    /// <summary>Opens a capture again if it was closed meanwhile.</summary>
    /// <exception cref="OutputException">It cannot be opened, or another that had to be closed for it could not be written out.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public CaptureWriter Use(CaptureWriter writer)
    {
        if (!writer.IsOpen && !writer.IsOver) Resume(writer);
        writer.LastUse = ++_uses;
        return writer;
    }

    public void Flush()
    {
        foreach (var writer in _open)
        {
            if (!writer.IsOver) writer.Flush();
        }
    }

    public void Dispose()
    {
        foreach (var buffer in _buffers) buffer.Dispose();
        _buffers.Clear();
    }

    private void Resume(CaptureWriter writer)
    {
        var buffer = TakeBuffer();
        try
        {
            writer.Resume(buffer);
            Opened(writer);
        }
        catch
        {
            _free.Push(buffer);
            throw;
        }
    }

    private CaptureWriter Opened(CaptureWriter writer)
    {
        _open.Add(writer);
        return Use(writer);
    }

    private BlockBuffer TakeBuffer()
    {
        if (_free.TryPop(out var free)) return free;
        if (_buffers.Count >= mostOpen) return SuspendOldest();

        var size = Math.Clamp((UsualTotalBytes - _totalBytes) / 2, LeastBufferBytes, MostBufferBytes);
        var buffer = new BlockBuffer(size, shared);
        _totalBytes += size;
        _buffers.Add(buffer);
        return buffer;
    }

    private BlockBuffer SuspendOldest()
    {
        var oldest = 0;
        for (var i = 1; i < _open.Count; i++)
        {
            if (_open[i].LastUse < _open[oldest].LastUse) oldest = i;
        }

        var buffer = _open[oldest].Suspend();
        _open.RemoveAt(oldest);
        return buffer;
    }
}
