using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Rules;

public class FilterCheckTests
{
    private static readonly string Refused = string.Concat(Enumerable.Range(0, 150).Select(i => $"rule f{i} filter \"porrt {i}\" mark 1\n"));

    [FactThatNeeds(Need.Libpcap)]
    public void Beside_other_errors_there_are_no_more_than_anybody_reads()
    {
        var source = new SourceText("t", Refused + "nonsense\n");
        Assert.Null(RuleParser.Parse(source, out var found));
        var other = Assert.Single(found);

        var all = FilterCheck.BesideOthers(source, found, [LinkType.Ethernet]);

        Assert.Equal(RuleParser.MostDiagnostics, all.Count);
        Assert.Equal(other, all[^1]);
        Assert.StartsWith("rule 'f98': ", all[^2].Message);
        Assert.EndsWith("; and 51 more rules have filters that are refused", all[^2].Message);
    }

    [FactThatNeeds(Need.Libpcap)]
    public void Of_rules_without_other_errors_too()
    {
        var table = MarkTable.Compile(RuleText.Valid(Refused));
        table.Prepare(LinkType.Ethernet);

        var errors = table.RejectedEverywhere();

        Assert.Equal(RuleParser.MostDiagnostics, errors.Count);
        Assert.EndsWith("; and 50 more rules have filters that are refused", errors[^1].Message);
    }
}
