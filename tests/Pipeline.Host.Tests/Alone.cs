using Xunit;

namespace Pipeline.Host.Tests;

/// <summary>Tests that look at the whole process, such as its heap, and so run when no other does.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
