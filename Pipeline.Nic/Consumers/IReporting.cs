namespace Pipeline.Nic.Consumers;

/// <summary>A consumer that can say at any time what it has gathered so far.</summary>
public interface IReporting
{
    /// <summary>
    /// Takes a copy of what there is to report. It runs on the thread that consumes, so it must be quick. The returned action writes the
    /// copy out, on any thread.
    /// </summary>
    Action<TextWriter> TakeReport();
}
