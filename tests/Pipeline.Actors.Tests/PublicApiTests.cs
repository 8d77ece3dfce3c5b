using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests;

public sealed class PublicApiTests
{
    [Fact]
    public void The_public_surface_is_the_one_agreed_to() =>
        Assert.Equal("", PublicApiFile.DifferenceOf(typeof(PipelineRun).Assembly, "Pipeline.Actors"));
}
