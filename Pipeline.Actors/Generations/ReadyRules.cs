using Pipeline.Nic.Devices;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>Rules that were compiled and are not in force yet.</summary>
/// <param name="Ticket">The ticket of the request that they are for.</param>
/// <param name="Device">The same rules for the device; null where it runs none.</param>
internal sealed record ReadyRules(long Ticket, MarkTable Table, IPreparedRules? Device);
