namespace Pipeline.Nic.Consumers;

/// <summary>A consumer that has something to say for the report.</summary>
public interface INotingConsumer
{
    /// <summary>Short sentences: files written, packets found broken. Any thread.</summary>
    IReadOnlyList<string> Notes { get; }
}
