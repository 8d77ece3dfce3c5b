namespace Pipeline.Nic.Consumers.Captures;

/// <summary>
/// How many interfaces several captures may remember together. Each file numbers the interfaces of its packets: with many rules and many
/// interfaces, every pair of the two would be remembered. For one thread.
/// </summary>
internal sealed class InterfaceBudget(int most = InterfaceBudget.Usual)
{
    /// <summary>Twice as many as one capture may describe, so that a single output never runs out. About 30 MB.</summary>
    public const int Usual = 2 * 128 * 1024;

    private int _left = most;

    /// <summary>
    /// Whether a capture must forget its interfaces before it may remember another. A capture that knows none may always remember one.
    /// </summary>
    public bool IsUsedUp => _left <= 0;

    public void Take() => _left--;

    public void Return(int count) => _left += count;
}
