using System.Collections.Concurrent;
using Pipeline.Nic.Accounts;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Routing;

/// <summary>What one router works with and what it leaves for others to read. It outlives restarts of the actor.</summary>
/// <param name="Name">The router's, such as <c>router-pcap:0</c>.</param>
/// <param name="Table">The compiled rules.</param>
/// <param name="Counters">This router's own.</param>
/// <param name="Scatter">The ways out.</param>
/// <param name="Account">Where packets are counted that are lost on the way to it or in it.</param>
/// <param name="Bundles">What it sends come from here.</param>
/// <param name="Latency">The longest a packet waits for its bundle to fill.</param>
/// <param name="Warnings">Rules that turn out not to work for a link type; shared by all routers.</param>
internal sealed record RouterCell(
    string Name,
    MarkTable Table,
    RuleCounters Counters,
    Scatter Scatter,
    PacketAccount Account,
    BundlePool Bundles,
    TimeSpan Latency,
    ConcurrentQueue<Diagnostic> Warnings)
{
    /// <summary>The queue sends nothing more: once the mailbox is empty the router is done. Its actor's alone.</summary>
    public bool IsDraining { get; set; }
}
