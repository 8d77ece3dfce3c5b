using Xunit;

namespace Pipeline.Cluster.Tests;

/// <summary>
/// Tests that fill the thread pool of the whole process, or count its threads, and so run one after the other, while no others run.
/// </summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
