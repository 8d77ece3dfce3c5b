using System.Text;
using Pipeline.Actors.Configuration;
using Pipeline.Actors.Configuration.Hocon;
using Pipeline.Actors.Configuration.Layers;
using Pipeline.Nic.Diagnostics;
using Pipeline.TestSupport;

namespace Pipeline.Actors.Tests.Configuration.Fuzzing;

/// <summary>Makes up a configuration by a seed, breaks most, and has it read and bound: options, or errors that point into it.</summary>
internal sealed class ConfigurationFuzz
{
    /// <summary>Characters and tokens are looked at about once each.</summary>
    private const int WorkPerCharacter = 3;

    /// <summary>What reading may allocate: for the built-in layer, which is read each time, and for each character of ours.</summary>
    private const long FixedAllocation = 4 << 20;
    private const long AllocationPerCharacter = 256;

    private static readonly string Reference = ConfigurationLoader.Reference().Text;

    private long _sound;

    public string Seen => $"{_sound} sound, the others refused";

    public bool HasMetAll => _sound > 0;

    /// <exception cref="FuzzException">The text, and what is wrong.</exception>
    public void Once(ulong seed)
    {
        var chance = new Chance(seed);
        var source = Make(chance, out var findings);
        try
        {
            if (chance.OneIn(4)) CheckVariables(RandomConfiguration.Variables(chance));
            else if (findings.All is { Count: > 0 } found) CheckRefused(found);
            else Check(source);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw FuzzException.Of(e, source.Text);
        }
    }

    public void Check(SourceText source)
    {
        HoconReader.Read(source, new Findings(), out var work);
        FuzzException.Unless(work <= WorkPerCharacter * (source.Text.Length + 2L), $"{work} steps for {source.Text.Length} characters");
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var result = ConfigurationLoader.Load(source);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        FuzzException.Unless(allocated < FixedAllocation + (AllocationPerCharacter * source.Text.Length), $"{allocated} bytes were allocated");
        CheckResult(result);
    }

    private void CheckVariables(Dictionary<string, string> variables) => CheckResult(ConfigurationLoader.Load([], variables, machineFile: null));

    private void CheckResult(ConfigurationResult result)
    {
        var (options, diagnostics) = result;
        FuzzException.Unless(options is null == diagnostics.Any(d => d.Severity == Severity.Error), "there are errors and options, or neither");
        foreach (var diagnostic in diagnostics) FuzzedDiagnostic.Check(diagnostic);
        if (options is not null) _sound++;
    }

    /// <summary>What bytes that are no text are decoded to is not read any further, as with files.</summary>
    private static void CheckRefused(IReadOnlyList<Diagnostic> found)
    {
        FuzzException.Unless(found.All(d => d.Severity == Severity.Error), "bytes that are no text get a warning");
        foreach (var diagnostic in found) FuzzedDiagnostic.Check(diagnostic);
    }

    /// <param name="findings">What is wrong with the bytes where they are no text.</param>
    private static SourceText Make(Chance chance, out Findings findings)
    {
        findings = new Findings();
        switch (chance.Below(8))
        {
            case 0:
                var bytes = new byte[chance.Below(300)];
                for (var i = 0; i < bytes.Length; i++) bytes[i] = (byte)chance.Next();
                return ConfigurationFile.Decode("fuzz.conf", bytes, findings);
            case 1:
                var jumble = new StringBuilder();
                for (var count = chance.Below(80); count > 0; count--) jumble.Append(chance.Of<string>(RandomConfiguration.Pieces));
                return new SourceText("fuzz.conf", jumble.ToString());
            case 2: return new SourceText("fuzz.conf", TextMutation.Apply(Reference, RandomConfiguration.Pieces, chance));
            case 3: return new SourceText("fuzz.conf", RandomConfiguration.Make(chance));
            default: return new SourceText("fuzz.conf", TextMutation.Apply(RandomConfiguration.Make(chance), RandomConfiguration.Pieces, chance));
        }
    }
}
