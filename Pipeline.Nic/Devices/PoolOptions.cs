using System.Numerics;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Nic.Devices;

/// <summary>The page pool of each queue. Together they bound everything that is in flight.</summary>
public sealed record PoolOptions
{
    /// <summary>The fewest pages: one is being filled while another is on its way.</summary>
    public const int FewestPages = 2;

    /// <summary>The most pages per queue.</summary>
    public const int MostPages = 65536;

    /// <summary>The smallest page, in bytes.</summary>
    public const int SmallestPageBytes = 4096;

    /// <summary>The largest page, in bytes.</summary>
    public const int LargestPageBytes = 1 << 30;

    /// <summary>Bytes per page unless somebody says otherwise: so large that reading costs little per packet.</summary>
    public const int DefaultPageBytes = 512 * 1024;

    /// <summary>Pages per queue unless somebody says otherwise.</summary>
    public const int DefaultPages = 16;

    /// <summary>Bytes per page; a power of two. For files it is also the longest record that can be read.</summary>
    public int PageBytes { get; init; } = DefaultPageBytes;

    /// <summary>Pages per queue.</summary>
    public int Pages { get; init; } = DefaultPages;

    /// <summary>The problems with it; none where it can be used.</summary>
    public IEnumerable<OptionProblem> Check()
    {
        foreach (var problem in OptionProblem.Unless(PageBytes, SmallestPageBytes, LargestPageBytes, "page-bytes", "bytes to a page"))
            yield return problem;
        if (!BitOperations.IsPow2(PageBytes)) yield return new("page-bytes", $"{PageBytes} bytes to a page; expected a power of two");
        foreach (var problem in OptionProblem.Unless(Pages, FewestPages, MostPages, "pages", "pages to a pool")) yield return problem;
        // Offsets into a pool are 32 bits wide.
        if ((long)PageBytes * Pages > uint.MaxValue)
            yield return new("pages", $"a pool of {Pages} pages of {ByteSize.Text(PageBytes)} is {ByteSize.Text((long)PageBytes * Pages)}; "
                + "expected less than 4 GiB");
    }
}
