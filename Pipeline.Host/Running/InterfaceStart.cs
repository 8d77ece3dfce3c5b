using System.Globalization;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Running;

/// <summary>What is checked, and what is said, before an interface is opened. Nothing is attached yet.</summary>
internal static class InterfaceStart
{
    private const string Loopback = "loopback";

    /// <summary>Names that a message lists.</summary>
    private const int MostShown = 12;

    /// <summary>The name of the interface that was asked for by name, or by its number in the list of <c>pipeline devices</c>.</summary>
    /// <exception cref="FileNotFoundException">There is no such number.</exception>
    public static string NameOf(string given, Func<IReadOnlyList<MachineInterface>> read) => IsNumber(given, out _) ? Find(given, read()).Name : given;

    /// <summary>The interface of that name, or of that number where none has the name.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    public static MachineInterface Find(string given, IReadOnlyList<MachineInterface> all) =>
        all.FirstOrDefault(i => i.Name == given)
        ?? (IsNumber(given, out var number) && number >= 1 && number <= all.Count ? all[number - 1] : null)
        ?? throw new FileNotFoundException($"there is no interface {Quoted.Short(given)}; {Known(all)}{DidYouMean(given, all)}");

    private static bool IsNumber(string given, out int number) => int.TryParse(given, NumberStyles.None, CultureInfo.InvariantCulture, out number);

    /// <summary>Finds what is wrong with the interface, and how it will be read.</summary>
    /// <returns>Lines for people: the backend and its mode, and why nothing might come in.</returns>
    /// <exception cref="FileNotFoundException">There is no such interface.</exception>
    /// <exception cref="UnavailableException">The backend must not be used on such an interface.</exception>
    /// <exception cref="InvalidInputException">More queues are asked for than there are.</exception>
    public static IReadOnlyList<string> Check(SourceOptions source, IReadOnlyList<MachineInterface> all)
    {
        if (Backends.Makes(source) && all.All(i => i.Name != source.Interface))
            return [$"{source.Interface}: {Backends.InWords(source)}; there is no such interface, so it is made, and gone with this run"];
        var found = Find(source.Interface!, all);
        if (source.Backend == Backends.NameOfOtherEnd) return [.. new[] { $"{found.Name}: {Backends.InWords(source)}", WhyDown(found) }.OfType<string>()];
        if (Backends.TraitsOf(source) is { TakesFromStack: true }) CheckTaking(source, found);
        return [.. new[] { $"{found.Name}: {Backends.InWords(source)}", WhyQuiet(found) }.OfType<string>()];
    }

    private static void CheckTaking(SourceOptions source, MachineInterface found)
    {
        if (found.Hardware == Loopback)
        {
            throw new UnavailableException(
                $"{found.Name} is the loopback: programs of this machine would miss what is taken from it; copy it with -i {found.Name}:{Backends.NameThatCopies}");
        }

        if (source.Queues > found.ReceiveQueues)
        {
            throw new InvalidInputException(
                $"{found.Name} has {Counted(found.ReceiveQueues)} and {source.Queues} were asked for; expected at most {found.ReceiveQueues}, or none for all", []);
        }
    }

    /// <summary>Why nothing comes in on it now; null where something can. It is waited for, so that a run may start first.</summary>
    private static string? WhyQuiet(MachineInterface found) =>
        WhyDown(found) is { } down ? down
        : found.State is "down" or "lowerlayerdown" or "notpresent" ? $"{found.Name} has no carrier: nothing comes in until its other end is up"
        : null;

    private static string? WhyDown(MachineInterface found) =>
        found.IsUp ? null : $"{found.Name} is down: nothing comes in until it is brought up (ip link set {found.Name} up)";

    private static string Counted(int queues) => queues == 1 ? "1 receive queue" : $"{queues} receive queues";

    private static string Known(IReadOnlyList<MachineInterface> all) =>
        all.Count == 0 ? "there is none" : $"there {(all.Count == 1 ? "is" : "are")} {string.Join(", ", all.Select(i => i.Name).Take(MostShown))}{(all.Count > MostShown ? ", ..." : "")}";

    private static string DidYouMean(string name, IReadOnlyList<MachineInterface> all) =>
        !IsNumber(name, out _) && Nearest.Of(name, [.. all.Select(i => i.Name)]) is { } near ? $"; did you mean {near}?" : "";
}
