using Pipeline.Actors.Delivery.Handlers;
using Pipeline.Nic.Consumers;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Actors.Tests.Handlers;

public sealed class HandlerAssemblyTests : IDisposable
{
    private const string Good = """
        namespace Edge
        {
            public class DnsQueries : PacketHandler { public override void Consume(scoped PacketBatch batch) { } }
            public class Other : PacketHandler { public override void Consume(scoped PacketBatch batch) { } }
            public abstract class Base : PacketHandler { }
            public class Wired : PacketHandler { public Wired(int port) { } public override void Consume(scoped PacketBatch batch) { } }
            public class Plain { }
        }
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("Edge.DnsQueries")]
    [InlineData("DnsQueries")]
    public void A_handler_is_found_by_its_name(string name)
    {
        using var assembly = HandlerAssembly.Load(HandlerSource.Build(_folder.FullName, Good));

        using var handler = assembly.Handler(name)();

        Assert.Equal("Edge.DnsQueries", handler.GetType().FullName);
        Assert.IsType<PacketHandler>(handler, exactMatch: false);
    }

    [Theory]
    [InlineData("Edge.DnsQuery", "there is no type `Edge.DnsQuery`", "did you mean `Edge.DnsQueries`?")]
    [InlineData("Nothing.Like.It", "there is no type `Nothing.Like.It`", "handlers there: Edge.DnsQueries, Edge.Other")]
    [InlineData("Edge.Plain", "Edge.Plain in {0} is no handler; expected a class derived from PacketHandler", null)]
    [InlineData("Edge.Base", "Edge.Base in {0} is abstract; expected a class that can be made", null)]
    [InlineData("Edge.Wired", "Edge.Wired in {0} has no public constructor without parameters", "what it depends on, it gets in Open")]
    public void What_cannot_be_a_handler_is_refused_with_the_reason(string name, string message, string? help)
    {
        var path = HandlerSource.Build(_folder.FullName, Good);
        using var assembly = HandlerAssembly.Load(path);

        var error = Assert.Throws<HandlerException>(() => assembly.Handler(name));

        Assert.StartsWith(message.Replace("{0}", path), error.Message);
        Assert.Equal(help, error.Help);
        Assert.False(error.IsMissing);
    }

    [Fact]
    public void An_assembly_without_handlers_says_so()
    {
        using var assembly = HandlerAssembly.Load(HandlerSource.Build(_folder.FullName, "public class Plain { }"));

        Assert.Contains("there is no handler at all in it", Assert.Throws<HandlerException>(() => assembly.Handler("Some")).Help);
    }

    [Fact]
    public void An_assembly_that_is_not_there_is_missing()
    {
        var error = Assert.Throws<HandlerException>(() => HandlerAssembly.Load(_folder["absent.dll"]));

        Assert.Equal($"{_folder["absent.dll"]}: no such file", error.Message);
        Assert.True(error.IsMissing);
    }

    [Theory]
    [InlineData("/dev/zero")]
    [InlineData("/dev/urandom")]
    [InlineData("/dev/null")]
    [InlineData("/proc/self/maps")]
    public void A_device_or_a_file_of_the_kernel_is_not_read_without_end(string path) =>
        Assert.Equal($"{path}: is no .NET assembly", Assert.Throws<HandlerException>(() => HandlerAssembly.Load(path)).Message);

    [Fact]
    public async Task A_pipe_that_claims_no_length_is_read_to_its_end()
    {
        var built = HandlerSource.Build(_folder.FullName, Good);
        var pipe = _folder["pipe.dll"];
        Assert.Equal(0, Tool.Run("mkfifo", pipe).ExitCode);
        var writing = Task.Run(() => File.WriteAllBytes(pipe, File.ReadAllBytes(built)));

        using var assembly = HandlerAssembly.Load(pipe);

        Assert.NotNull(assembly.Handler("DnsQueries"));
        await writing;
    }

    [Fact]
    public void A_file_that_is_no_assembly_is_refused()
    {
        File.WriteAllText(_folder["text.dll"], "MZ, it said");

        Assert.Equal($"{_folder["text.dll"]}: is no .NET assembly", Assert.Throws<HandlerException>(() => HandlerAssembly.Load(_folder["text.dll"])).Message);
        Assert.Equal($"{_folder.FullName}: is a folder; expected an assembly", Assert.Throws<HandlerException>(() => HandlerAssembly.Load(_folder.FullName)).Message);
    }

    [Fact]
    public void An_assembly_built_for_another_version_is_refused_before_any_of_its_types_is_looked_at()
    {
        var here = typeof(PacketHandler).Assembly.GetName().Version!.ToString(3);
        var path = HandlerSource.BuildAgainst(_folder.FullName, "7.2.0.0");

        var error = Assert.Throws<HandlerException>(() => HandlerAssembly.Load(path));

        Assert.Equal($"{path}: was built for Pipeline.Nic 7.2.0; this program has {here}", error.Message);
    }

    [Theory]
    [InlineData("0.1.0", "0.1.0", true)]
    [InlineData("0.1.0", "0.1.7", true)]
    [InlineData("0.1.0", "0.2.0", false)]
    [InlineData("0.2.0", "0.1.0", false)]
    [InlineData("1.1.0", "1.4.0", true)]
    [InlineData("1.4.0", "1.1.0", false)]
    [InlineData("1.0.0", "2.0.0", false)]
    public void Versions_fit_as_semantic_versioning_promises(string built, string here, bool fits) =>
        Assert.Equal(fits, HandlerAssembly.Fits(Version.Parse(built), Version.Parse(here)));

    [Fact]
    public void A_handler_brings_its_own_version_of_a_library()
    {
        var library = HandlerSource.BuildLibrary(_folder.FullName, "CsCheck", "public static class Whose { public static string Word => \"mine\"; }");
        var path = HandlerSource.Build(
            _folder.FullName,
            "public class Speaks : PacketHandler { public override string ToString() => Whose.Word; public override void Consume(scoped PacketBatch batch) { } }",
            "Handler",
            library);
        using var assembly = HandlerAssembly.Load(path);

        using var handler = assembly.Handler("Speaks")();

        Assert.NotNull(typeof(CsCheck.Gen).Assembly);
        Assert.Equal("mine", handler.ToString());
    }

    [Fact]
    public void A_library_that_is_not_there_is_missed_and_so_is_what_a_library_needs()
    {
        var deep = HandlerSource.BuildLibrary(_folder.FullName, "Deep", "public static class Deep { public static string Word => \"deep\"; }");
        var near = HandlerSource.BuildLibrary(_folder.FullName, "Near", "public static class Near { public static string Word => Deep.Word; }", deep);
        var path = HandlerSource.Build(
            _folder.FullName, "public class Needy : PacketHandler { static readonly string Word = Near.Word; public override void Consume(scoped PacketBatch batch) => Console.Write(Word); }", "Handler", near);

        Assert.Empty(Missing(path));
        File.Delete(deep);
        Assert.Equal(["Deep 0.0.0, which Near was built against"], Missing(path));
        File.Delete(near);
        Assert.Equal(["Near 0.0.0, which Handler was built against"], Missing(path));
    }

    [Fact]
    public void One_that_takes_bundles_over_is_refused()
    {
        var path = HandlerSource.Build(_folder.FullName, "public class Taker : PacketHandler, IBundleConsumer { public int InFlight => 0; public bool TryTake(PageBundle bundle) => true; public override void Consume(scoped PacketBatch batch) { } }");
        using var assembly = HandlerAssembly.Load(path);

        Assert.Contains("wants to take bundles over", Assert.Throws<HandlerException>(() => assembly.Handler("Taker")).Message);
    }

    private static IReadOnlyList<string> Missing(string path)
    {
        using var assembly = HandlerAssembly.Load(path);
        return assembly.MissingReferences();
    }

    [Fact]
    public void A_constructor_that_throws_throws_what_it_threw()
    {
        var path = HandlerSource.Build(_folder.FullName, "public class Bad : PacketHandler { public Bad() => throw new InvalidDataException(\"on order\"); public override void Consume(scoped PacketBatch batch) { } }");
        using var assembly = HandlerAssembly.Load(path);
        var make = assembly.Handler("Bad");

        Assert.Equal("on order", Assert.Throws<InvalidDataException>(make).Message);
    }

    [Fact]
    public void The_file_may_be_overwritten_while_its_handler_is_at_work()
    {
        var path = HandlerSource.Build(_folder.FullName, Good);
        using var assembly = HandlerAssembly.Load(path);
        using var handler = assembly.Handler("DnsQueries")();

        using (var file = File.OpenWrite(path)) file.SetLength(0);

        handler.Complete();
        using var second = assembly.Handler("Other")();
        Assert.NotNull(second);
    }
}
