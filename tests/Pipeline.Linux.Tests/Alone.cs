using Xunit;

namespace Pipeline.Linux.Tests;

/// <summary>Tests that run one after the other, while no others run.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
