namespace Pipeline.Host.Demo;

/// <summary>Something that goes wrong in a demo on order.</summary>
/// <param name="Name">Its name in an address.</param>
/// <param name="Title">Its name in a menu.</param>
/// <param name="Words">What happens, and what is to be seen of it.</param>
internal sealed record DemoAct(string Name, string Title, string Words)
{
    public static readonly DemoAct Slow = new(
        "slow", "Slow a consumer", "for 8 s the handler flows takes longer for a bundle than the next one takes to come; what its route's share has no room for is dropped as share-exceeded");

    public static readonly DemoAct Crash = new(
        "crash", "Crash a consumer", "an instance of the handler flows throws; its bundle is counted as consumer-failed, the next ones wait for a new instance");

    public static readonly DemoAct Hang = new(
        "hang", "Hang a consumer", "for 6 s an instance of the handler flows stands still; its bundles wait, and what its route's share has no room for is dropped as share-exceeded");

    public static readonly DemoAct Overrun = new(
        "overrun", "Overrun a ring", "for 1 s nobody takes packets out of the ring of one queue; the device loses what it has no room for as ring-full");

    public static readonly DemoAct Elephant = new(
        "elephant", "Flood with one flow", "for 4 s one flow sends nine times as much as all others together; all of it comes in on one queue, and goes to one instance");

    public static readonly DemoAct BrokenRule = new(
        "broken-rule", "Put in a broken rule", "a rule with a value that is too large for its mask is added; it is refused with its position, and the rules in force stay");

    public static IReadOnlyList<DemoAct> All { get; } = [Slow, Crash, Hang, Overrun, Elephant, BrokenRule];
}
