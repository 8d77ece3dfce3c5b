using Pipeline.Nic.Accounts;
using Pipeline.Nic.Devices;
using Pipeline.Nic.Devices.PcapFile;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

const string Text = """
    rule dns match 12:ffff:0800 20:1fff:0000 23:ff:11 [14:0f<<2]+16:ffff:0035 mark 0x10
    rule tcp match 12:ffff:0800 23:ff:06 mark 0x20
    """;

using var nic = CaptureFileNic.Open(args[0]);
var rules = RuleParser.Parse(new SourceText("rules", Text), out var found) ?? throw new InvalidInputException("no rules, no loop", found);
var (table, counters) = (MarkTable.Compile(rules), new RuleCounters(rules.Rules.Count));
var (bundles, account) = (new BundlePool(bundlePackets: 64), new PacketAccount("loop", AccountKind.Consumer));
using var arrived = new AutoResetEvent(false);

var queue = nic.Queues[0];
for (var status = ReceiveStatus.Received; status != ReceiveStatus.End;)
{
    // Disposing the bundle sends its pages home, where the queue finds them again.
    using var bundle = bundles.Rent(queue.DeviceShare, account, NicInterface.Unknown);
    status = queue.Receive(bundle);
    if (status == ReceiveStatus.Received) table.Classify(bundle, counters);
    if (status != ReceiveStatus.Empty) continue;
    queue.WakeWhenReady(() => arrived.Set());
    arrived.WaitOne();
}

for (var i = 0; i < rules.Rules.Count; i++) Console.WriteLine($"{rules.Rules[i].Name} {counters.Of(i + 1).Packets}");
Console.WriteLine($"unmatched {counters.Unmatched.Packets}");
