namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>A block that is kept and gathered as its bytes come in. It can be larger than a page.</summary>
/// <param name="bytes">Its bytes without the second length. They have been checked against the limit.</param>
internal sealed class GatheredBlock(int bytes)
{
    // A length is only a claim until the bytes are there.
    private const int FirstBytes = 4096;

    private byte[] _bytes = new byte[Math.Min(bytes, FirstBytes)];
    private int _count;

    public int Missing => bytes - _count;

    public ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _count);

    /// <param name="some">At most <see cref="Missing"/>.</param>
    public void Add(ReadOnlySpan<byte> some)
    {
        if (some.Length > _bytes.Length - _count)
            Array.Resize(ref _bytes, Math.Min(bytes, Math.Max(2 * _bytes.Length, _count + some.Length)));
        some.CopyTo(_bytes.AsSpan(_count));
        _count += some.Length;
    }
}
