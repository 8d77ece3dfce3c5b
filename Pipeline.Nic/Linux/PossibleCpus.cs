using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>The CPUs that can ever come up. Maps with a value per CPU have one for each of these.</summary>
internal static class PossibleCpus
{
    private const string List = "/sys/devices/system/cpu/possible";

    public static int Count { get; } = CountOf(File.Exists(List) ? File.ReadAllText(List) : "0-0");

    /// <param name="list">Numbers and ranges, as in <c>0-3,8</c> (Documentation/admin-guide/cputopology.rst).</param>
    public static int CountOf(string list) => list.Trim().Split(',').Sum(CountOfRange);

    private static int CountOfRange(string range)
    {
        var ends = range.Split('-');
        return int.Parse(ends[^1], CultureInfo.InvariantCulture) - int.Parse(ends[0], CultureInfo.InvariantCulture) + 1;
    }
}
