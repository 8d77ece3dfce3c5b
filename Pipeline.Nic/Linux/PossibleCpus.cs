using System.Globalization;

namespace Pipeline.Nic.Linux;

/// <summary>The CPUs that can ever come up. Maps with a value per CPU have one for each of these.</summary>
internal static class PossibleCpus
{
    private const string List = "/sys/devices/system/cpu/possible";
    private const string Online = "/sys/devices/system/cpu/online";

    public static int Count { get; } = CountOf(File.Exists(List) ? File.ReadAllText(List) : "0-0");

    /// <summary>The numbers of those that are up now.</summary>
    public static IReadOnlyList<int> UpNow() => [.. NumbersOf(File.Exists(Online) ? File.ReadAllText(Online) : "0-0")];

    /// <param name="list">Numbers and ranges, as in <c>0-3,8</c> (Documentation/admin-guide/cputopology.rst).</param>
    public static int CountOf(string list) => NumbersOf(list).Count();

    private static IEnumerable<int> NumbersOf(string list) => list.Trim().Split(',').SelectMany(NumbersOfRange);

    private static IEnumerable<int> NumbersOfRange(string range)
    {
        var ends = range.Split('-');
        var first = int.Parse(ends[0], CultureInfo.InvariantCulture);
        return Enumerable.Range(first, int.Parse(ends[^1], CultureInfo.InvariantCulture) - first + 1);
    }
}
