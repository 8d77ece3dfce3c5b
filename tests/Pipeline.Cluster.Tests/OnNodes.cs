using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>
/// Tests with a cluster each. Classes run beside each other and the tests of one class do not, so a test that waits for long has a class
/// of its own.
/// </summary>
public abstract class OnNodes : IAsyncLifetime
{
    private protected Nodes Nodes { get; } = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await Nodes.DisposeAsync();
}
