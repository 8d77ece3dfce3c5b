namespace Pipeline.Nic.Consumers;

/// <summary>A consumer that can say at any time what it has gathered so far.</summary>
public interface IReporting
{
    /// <summary>
    /// Takes a copy of what there is to report. It runs on the thread that consumes, so it must be quick.
    /// </summary>
    /// <param name="most">The most entries that are wanted, at least 1. It should be those that somebody would look at first.</param>
    ConsumerReport TakeReport(int most);
}
