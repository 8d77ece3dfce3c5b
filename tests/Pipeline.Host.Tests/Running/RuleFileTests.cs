using Pipeline.Host.Running;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class RuleFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_path_that_goes_up_from_a_linked_folder_stays_what_it_was_at_the_start()
    {
        Directory.CreateDirectory(_folder["deep/real"]);
        Directory.CreateSymbolicLink(_folder["etc"], "deep/real");
        File.WriteAllText(_folder["deep/edge.rules"], "old");
        File.WriteAllText(_folder["edge.rules"], "another's");

        using (var written = RuleFile.Of(_folder["etc/../edge.rules"])!.Write("new")) written.Commit();

        Assert.Equal(("new", "another's"), (File.ReadAllText(_folder["deep/edge.rules"]), File.ReadAllText(_folder["edge.rules"])));
    }
}
