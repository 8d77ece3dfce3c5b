using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Tests.Devices.Contract;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>What is between an interface that is back and its packets.</summary>
[Needs(Need.Root)]
public sealed class ReopeningTests
{
    private const string All = "rule a match 0:00:00 mark 1";

    [ContractFact]
    public void While_the_program_cannot_be_attached_it_says_why_and_tries_again()
    {
        using var device = new OnXdp(XdpMode.Native, All);
        using var reader = new QueueReader(device.Queue);
        Assert.True(device.Queue.TryOpen());
        device.Delete();
        Assert.False(device.Queue.TryOpen());
        device.Make();

        using (var other = AnotherProgram())
        using (XdpLink.Attach(other, device.Interface, device.Wire.Index, XdpMode.Native))
        {
            for (var tries = 0; tries < 2; tries++)
            {
                Assert.False(device.Queue.TryOpen());
                Assert.StartsWith($"{device.Interface} has XDP program ", device.Queue.Trouble);
            }
        }

        Assert.True(device.Queue.TryOpen());
        device.Send([new byte[60]]);
        reader.ReceiveUntil(() => reader.Packets.Count == 1);
    }

    [ContractFact]
    public void Every_queue_gets_its_packets_again()
    {
        using var device = new OnXdp(XdpMode.Native, All, new AfXdpOptions { Pages = 512, RingEntries = 256, Queues = 2 });
        var readers = device.Nic.Queues.Select(q => new QueueReader(q)).ToList();
        Assert.All(device.Nic.Queues, q => Assert.True(q.TryOpen()));
        device.Delete();
        device.Make();

        Assert.All(device.Nic.Queues, q => Assert.True(q.TryOpen()));
        var sent = SendFromEveryCpu(device);
        while (readers.Sum(r => r.Packets.Count) < sent) readers.ForEach(r => r.HoldAll());

        Assert.All(readers, r => r.Dispose());
    }

    [ContractFact]
    public void Rules_that_came_while_the_interface_was_gone_are_in_force_when_it_is_back()
    {
        using var device = new OnXdp(XdpMode.Native, All);
        using var reader = new QueueReader(device.Queue);
        Assert.True(device.Queue.TryOpen());
        device.Delete();
        device.Load("rule b match 0:00:00 mark 0x201", generation: 2);
        device.Make();

        Assert.True(device.Queue.TryOpen());
        device.Send([new byte[60]]);
        while (reader.Packets.Count == 0) reader.Receive();

        Assert.Equal((2, 0x201u), (reader.Held[^1].Generation, reader.Held[^1].Packets[0].Mark));
    }

    private static LoadedXdpProgram AnotherProgram() =>
        LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid(All), [], []));

    /// <summary>A packet goes out by the queue of the CPU that sends it.</summary>
    private static int SendFromEveryCpu(OnXdp device)
    {
        var cpus = Sched.AllowedCpus();
        foreach (var cpu in cpus)
        {
            var sender = new Thread(() =>
            {
                Sched.PinThisThread(cpu);
                device.Send([new byte[60], new byte[61], new byte[62]]);
            });
            sender.Start();
            sender.Join();
        }

        return cpus.Count * 3;
    }
}
