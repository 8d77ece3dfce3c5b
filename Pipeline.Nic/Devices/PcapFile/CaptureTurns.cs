using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>
/// Captures that are read one after the other into pages of one pool. All are open from the start, so that one that is not there is known
/// at once. One thread moves on; any thread may read the counts.
/// </summary>
internal sealed class CaptureTurns : IDisposable
{
    /// <summary>The beginning of a capture is carried over from one page to the next, for which two must be free.</summary>
    private const int PagesForHeader = 2;

    private readonly IReadOnlyList<CaptureInput> _inputs;
    private readonly BlockPagePool _pool;
    private CaptureHeader _header;
    private int _at;
    private bool _isTurning;

    /// <param name="inputs">All of them; this owns them.</param>
    /// <param name="pages">Those of the first.</param>
    /// <param name="header">The beginning of the first.</param>
    public CaptureTurns(IReadOnlyList<CaptureInput> inputs, BlockPagePool pool, CapturePages pages, CaptureHeader header)
    {
        (_inputs, _pool, _header) = (inputs, pool, header);
        Pages = pages;
    }

    /// <summary>The capture that is being read, even if its beginning is not all there yet.</summary>
    public CaptureInput Input => _inputs[_at];

    public CapturePages Pages { get; private set; }

    public CaptureFormat Format => _header.Format;

    public bool IsLast => _at == _inputs.Count - 1;

    /// <summary>Any thread.</summary>
    public long BytesRead => _inputs.Sum(i => i.BytesRead);

    /// <summary>Null if one of them is a stream.</summary>
    public long? BytesTotal => _inputs.All(i => i.BytesTotal is not null) ? _inputs.Sum(i => i.BytesTotal) : null;

    /// <summary>Moves on to the next capture, whose beginning it reads. Never waits.</summary>
    /// <returns>Whether it is read; otherwise what is missing to go on, with another call.</returns>
    /// <exception cref="IOException">The next one is no capture, or cannot be read.</exception>
    public FillStatus TryTurn()
    {
        if (!_isTurning)
        {
            Pages.Dispose();
            if (_pool.PageCount - _pool.Outstanding < PagesForHeader) return FillStatus.NoPage;
            _at++;
            Pages = new CapturePages(Input, _pool);
            _header = _header.Next(Input, Pages);
            _isTurning = true;
        }

        var status = _header.TryRead();
        _isTurning = status != FillStatus.Ready;
        return status;
    }

    public void Dispose()
    {
        Pages.Dispose();
        foreach (var input in _inputs) input.Dispose();
    }
}
