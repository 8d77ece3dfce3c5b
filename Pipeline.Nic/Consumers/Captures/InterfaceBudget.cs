namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// How many interfaces several captures may remember together. Each file numbers the interfaces of its packets, so that many rules
/// on packets of many interfaces would remember every pair of them. For one thread.
/// </summary>
internal sealed class InterfaceBudget(int most = InterfaceBudget.Usual)
{
    /// <summary>Twice what a capture may describe, so that one output never runs out of it; about 30 MB.</summary>
    public const int Usual = 2 * 128 * 1024;

    private int _left = most;

    /// <summary>Whether a capture has to forget what it knows before it may remember another. One that knows none may always.</summary>
    public bool IsUsedUp => _left <= 0;

    public void Take() => _left--;

    public void Return(int count) => _left += count;
}
