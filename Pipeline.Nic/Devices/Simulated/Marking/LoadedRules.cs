namespace Pipeline.Nic.Devices.Simulated.Marking;

/// <summary>One generation as the device has it. Immutable but for what it counts.</summary>
/// <param name="Turn">Counts up by one with every load, also of one generation twice.</param>
/// <param name="Marks">What goes into descriptors; null without a rule in hardware, when there is nothing to tell software.</param>
/// <param name="Passes">What the device passes by itself; null where that is nothing.</param>
internal sealed record LoadedRules(long Turn, DescriptorMarks? Marks, TemplatePasses? Passes);
