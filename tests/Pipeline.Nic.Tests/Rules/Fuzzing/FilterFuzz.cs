using Pipeline.Nic.Headers;
using Pipeline.Nic.Rules;
using Pipeline.Nic.Rules.Cbpf;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Rules.Fuzzing;

/// <summary>Makes up a pcap-filter expression by a seed, breaks one of three, and has it compiled: a program that was checked, or words.</summary>
internal sealed class FilterFuzz
{
    private const int LongestProgram = 4096;

    private static readonly string[] Pieces =
    [
        "tcp", "and", "or", "not", "(", ")", "[", "]", ":", "port", "host", "net", "src", "dst", "ether", "vlan", "proto", "0", "-1", "99999999999",
        "1.2.3", "::", "/", "\\", " ",
    ];

    private long _programs;

    public string Seen => $"{_programs} compiled, the others refused in words";

    public bool HasMetAll => _programs > 0;

    /// <exception cref="FuzzException">The expression, and what is wrong.</exception>
    public void Once(ulong seed)
    {
        var chance = new Chance(seed);
        var expression = RandomFilter.Make(chance);
        if (chance.OneIn(3)) expression = TextMutation.Apply(expression, Pieces, chance);
        var linkType = (LinkType)chance.Of([1, 1, 0, 9, 50, 101, 105, 108, 113, 127, 228, 276, chance.Below(300)]);
        try
        {
            Compile(expression, linkType);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw FuzzException.Of(e, $"for link type {linkType}: {expression}");
        }
    }

    private void Compile(string expression, LinkType linkType)
    {
        try
        {
            var program = FilterCompiler.Compile(expression, linkType);
            FuzzException.Unless(program.Length is > 0 and < LongestProgram, $"{program.Length} instructions");
            FuzzException.Unless(CbpfListing.Of(program).Length > program.Length, "a listing without lines");
            _programs++;
        }
        catch (FilterException e)
        {
            FuzzException.Unless(e.Message.Length > 0 && !e.IsLibpcapMissing, "it is refused without a word");
        }
    }
}
