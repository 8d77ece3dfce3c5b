using Pipeline.Nic.Devices.AfXdp;
using Pipeline.Nic.Rules.Ebpf;
using Pipeline.Nic.Tests.Rules;
using Pipeline.TestSupport;
using Xunit;

namespace Pipeline.Nic.Tests.Devices.AfXdp;

/// <summary>Programs on a real interface, while packets come in.</summary>
public class XdpLinkTests
{
    private const int Generations = 100;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    [TheoryThatNeeds(Need.Root)]
    [InlineData(XdpMode.Native)]
    [InlineData(XdpMode.Generic)]
    public void Every_packet_is_counted_by_exactly_one_generation_while_generations_are_replaced(XdpMode mode)
    {
        using var wire = new VethWire();
        var programs = Enumerable.Range(1, Generations).Select(Load).ToList();
        var (even, odd) = (0L, 0L);
        using (var link = XdpLink.Attach(programs[0], wire.Near, wire.Index, mode))
        {
            using var enough = new CancellationTokenSource(Patience);
            var sender = new Thread(() => (even, odd) = SendUntil(wire, enough.Token));
            sender.Start();
            WaitUntil(() => Seen(programs[0]) > 0);
            foreach (var program in programs.Skip(1)) link.Replace(program);
            WaitUntil(() => Seen(programs[^1]) > 0);
            enough.Cancel();
            sender.Join();
            WaitUntil(() => programs.Sum(Seen) >= even + odd);
        }

        Assert.Equal((even, odd), (programs.Sum(p => p.Count(0).Packets), programs.Sum(p => p.Count(1).Packets)));
        programs.ForEach(p => p.Dispose());
    }

    [FactThatNeeds(Need.Root)]
    public void A_second_program_on_an_interface_is_refused_and_the_process_that_holds_the_first_is_named()
    {
        using var wire = new VethWire();
        using var program = Load(1);
        using var link = XdpLink.Attach(program, wire.Near, wire.Index, XdpMode.Native);
        var refusal = Assert.Throws<XdpException>(() => XdpLink.Attach(program, wire.Near, wire.Index, XdpMode.Native));
        Assert.Matches($@"^{wire.Near} has XDP program \d+ already, which ", refusal.Message);
        Assert.EndsWith($"(process {Environment.ProcessId}) holds; an interface has one, so end that process first (kill {Environment.ProcessId})", refusal.Message);
    }

    [FactThatNeeds(Need.Root)]
    public void A_program_is_detached_with_its_link()
    {
        using var wire = new VethWire();
        using var program = Load(1);
        XdpLink.Attach(program, wire.Near, wire.Index, XdpMode.Generic).Dispose();
        Assert.DoesNotContain("xdp", Tool.Run("ip", "-d", "link", "show", "dev", wire.Near).Output);
    }

    private static LoadedXdpProgram Load(int generation) =>
        LoadedXdpProgram.Load(XdpProgram.Compile(RuleText.Valid("rule odd match 59:01:01 mark 1") with { Generation = generation }, [], []));

    /// <returns>How many packets of each kind went out.</returns>
    private static (long Even, long Odd) SendUntil(VethWire wire, CancellationToken enough)
    {
        var (even, odd) = (0L, 0L);
        for (; !enough.IsCancellationRequested; even++, odd++)
        {
            wire.Send(new byte[60]);
            wire.Send([.. new byte[59], 1]);
        }

        return (even, odd);
    }

    private static long Seen(LoadedXdpProgram program) => program.Count(0).Packets + program.Count(1).Packets;

    /// <summary>What was sent is on its way until a program has seen it.</summary>
    private static void WaitUntil(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, Patience), "the packets do not come");
}
