using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

public sealed class MissingLibraryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true, Severity.Error)]
    [InlineData(false, Severity.Warning)]
    public void A_library_that_a_handler_misses_is_told_where_the_handler_is_named(bool areErrors, Severity severity)
    {
        var library = HandlerSource.BuildLibrary(_folder.FullName, "Words", "public static class Words { public static string One => \"one\"; }");
        HandlerSource.Build(_folder.FullName, "public class Needy : PacketHandler { public override void Consume(scoped PacketBatch batch) => Console.Write(Words.One); }", "Handler", library);
        File.Delete(library);
        var text = "pipeline { consumers {\n  h { kind = bypass, handler = \"Needy, Handler.dll\" } } }";

        var configuration = ConfigurationLoader.Load(new SourceText("t.conf", text), _folder.FullName);

        var found = Assert.Single(configuration.CheckLibraries(areErrors));
        Assert.Equal(severity, found.Severity);
        Assert.StartsWith($"t.conf:2:32: {severity.ToString().ToLowerInvariant()}: {_folder["Handler.dll"]}: misses Words 0.0.0, which Handler was built against", found.ToString());
    }

    [Fact]
    public void What_is_not_there_at_all_is_no_matter_of_libraries() =>
        Assert.Empty(ConfigurationLoader.Load(new SourceText("t.conf", "pipeline { consumers { h { kind = bypass, handler = \"Needy, absent.dll\" } } }"), _folder.FullName).CheckLibraries(areErrors: true));
}
