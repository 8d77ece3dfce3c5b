using Pipeline.Host.Running;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Host.Tests.Running;

public sealed class GenerationNumbersTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Numbers_go_on_after_a_restart()
    {
        Assert.Equal(1, Start().First);
        Start().Remember(7, "rules");

        Assert.Equal(8, Start().First);
    }

    [Fact]
    public void A_start_takes_a_number_even_if_nothing_changes()
    {
        Assert.Equal([1, 2, 3], [Start().First, Start().First, Start().First]);
    }

    [Fact]
    public void In_a_cluster_a_start_with_the_rules_that_were_there_last_takes_no_number()
    {
        Assert.Equal(1, StartInACluster("one").First);
        StartInACluster("one").Remember(7, "two");

        Assert.Equal([7, 7, 8, 8], [StartInACluster("two").First, StartInACluster("two").First, StartInACluster("one").First, StartInACluster("one").First]);
        Assert.Equal(9, Start().First);
        Assert.Equal(10, StartInACluster("one").First);
    }

    [Fact]
    public void Pipelines_of_other_names_have_numbers_of_their_own()
    {
        Start().Remember(7, "rules");

        Assert.Equal(1, GenerationNumbers.In([_folder.FullName], "other", out _)!.First);
    }

    [Theory]
    [InlineData("")]
    [InlineData("seven")]
    [InlineData("-1")]
    [InlineData("99999999999")]
    public void What_is_no_number_is_told_and_numbers_start_anew(string text)
    {
        File.WriteAllText(_folder["edge.generation"], text);

        var numbers = GenerationNumbers.In([_folder.FullName], "edge", out var problem);

        Assert.Equal(1, numbers!.First);
        Assert.Contains($"{_folder["edge.generation"]} should have the number of the last one", problem);
    }

    [Fact]
    public void The_first_folder_that_can_be_written_to_remembers()
    {
        File.WriteAllText(_folder["file"], "");

        var numbers = GenerationNumbers.In([_folder["file"], _folder["new"]], "edge", out var problem);

        Assert.Equal((1, null), (numbers!.First, problem));
        Assert.Equal("1\n", File.ReadAllText(Path.Combine(_folder["new"], "edge.generation")));
    }

    [Fact]
    public void Numbers_go_on_from_the_largest_that_any_folder_remembers()
    {
        GenerationNumbers.In([_folder["a"]], "edge", out _)!.Remember(3, "rules");
        GenerationNumbers.In([_folder["b"]], "edge", out _)!.Remember(7, "rules");

        var numbers = GenerationNumbers.In([_folder["a"], _folder["b"]], "edge", out var problem);

        Assert.Equal((8, null), (numbers!.First, problem));
        Assert.Equal("8\n", File.ReadAllText(Path.Combine(_folder["a"], "edge.generation")));
    }

    [Fact]
    public void What_a_folder_remembers_that_cannot_be_written_to_counts_and_is_told()
    {
        // A file with the number 65536, beside which not even root can write another.
        Directory.CreateDirectory(_folder["a"]);
        File.CreateSymbolicLink(Path.Combine(_folder["a"], "edge.generation"), "/proc/sys/kernel/ngroups_max");

        var numbers = GenerationNumbers.In([_folder["a"], _folder["b"]], "edge", out var problem);

        Assert.Equal(65537, numbers!.First);
        Assert.EndsWith("(it remembers 65536)", problem);
        Assert.Equal("65537\n", File.ReadAllText(Path.Combine(_folder["b"], "edge.generation")));
    }

    [Fact]
    public void A_number_that_cannot_be_read_is_told()
    {
        Directory.CreateDirectory(Path.Combine(_folder["a"], "edge.generation"));

        var numbers = GenerationNumbers.In([_folder["a"], _folder["b"]], "edge", out var problem);

        Assert.Equal(1, numbers!.First);
        Assert.StartsWith("generations are numbered from 1, and might have had higher numbers before: ", problem);
    }

    [Fact]
    public void Where_no_folder_can_be_written_to_it_is_told()
    {
        File.WriteAllText(_folder["file"], "");

        Assert.Null(GenerationNumbers.In([_folder["file"]], "edge", out var problem));

        Assert.StartsWith($"generations are numbered from 1 again, because no folder could be written to that remembers them ({_folder["file"]}: ", problem);
    }

    [Fact]
    public void A_number_that_cannot_be_written_is_told()
    {
        var numbers = GenerationNumbers.In([_folder["state"]], "edge", out _)!;
        Directory.Delete(_folder["state"], recursive: true);

        Assert.StartsWith(Path.Combine(_folder["state"], "edge.generation"), numbers.Remember(2, "rules"));
    }

    private GenerationNumbers StartInACluster(string rules) => GenerationNumbers.In([_folder.FullName], "edge", out _, rules)!;

    private GenerationNumbers Start() => GenerationNumbers.In([_folder.FullName], "edge", out _)!;
}
