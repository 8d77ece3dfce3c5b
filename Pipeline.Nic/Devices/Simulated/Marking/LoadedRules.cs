namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>One generation as the device has it. Immutable except for its counts.</summary>
/// <param name="Turn">Counts up by one with every load, even if one generation is loaded twice.</param>
/// <param name="Marks">The marks for descriptors. Null without a rule in hardware: there is then nothing to tell software.</param>
/// <param name="Passes">The packets that the device passes by itself; null where it passes none.</param>
internal sealed record LoadedRules(long Turn, DescriptorMarks? Marks, TemplatePasses? Passes);
