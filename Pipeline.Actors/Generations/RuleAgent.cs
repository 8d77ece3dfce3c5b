using System.Runtime;
using Akka.Actor;
using Pipeline.Actors.Dispatch;
using Pipeline.Actors.Telemetry;
using Pipeline.Nic.Diagnostics;
using Pipeline.Nic.Rules;

namespace Pipeline.Actors.Generations;

/// <summary>
/// Carries out on one node what the <see cref="RuleAuthority"/> decides. It compiles rules on another thread, and offers them to every
/// router by one reference write. The old rules stay in force until the new ones are ready to run. It offers routes in the same way.
/// </summary>
internal sealed class RuleAgent : UntypedActor
{
    /// <summary>Sets of fewer rules take less than a mebibyte, and are left to the collector's own time.</summary>
    private const int Many = 4096;

    private readonly NodeRules _rules;

    private RuleAgent(NodeRules rules) => _rules = rules;

    public static Props Props(NodeRules rules) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<RuleAgent>(() => new RuleAgent(rules))).WithDispatcher(DispatcherIds.Control);

    protected override void PreRestart(Exception reason, object message)
    {
        if (message is RuleProtocol.Build build) Sender.Tell(new RuleProtocol.Broken(build.Ticket, reason.Message));
        if (message is RuleProtocol.PutInForce put) Sender.Tell(new RuleProtocol.Broken(put.Ticket, reason.Message));
    }

    /// <summary>Rules that are ready when the run ends will never be in force, and the device's part of them is in the kernel.</summary>
    protected override void PostStop() => _rules.Ready?.Device?.Dispose();

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case RuleProtocol.Build build: OnBuild(build); break;
            case RuleProtocol.Compiled compiled: OnCompiled(compiled); break;
            case RuleProtocol.PutInForce put: OnPutInForce(put); break;
            case RuleProtocol.ExchangeRoutes routes: OnExchangeRoutes(routes); break;
            case RuleProtocol.LetGo: OnLetGo(); break;
            default: Unhandled(message); break;
        }
    }

    /// <summary>Compiling may take seconds, so it is done on another thread.</summary>
    private void OnBuild(RuleProtocol.Build build)
    {
        var (self, asker, rules, inForce) = (Self, Sender, _rules, _rules.InForce);
        Task.Run(() =>
        {
            try
            {
                self.Tell(Compile(rules.Builder, inForce, build), asker);
            }
            catch (Exception error)
            {
                asker.Tell(new RuleProtocol.Broken(build.Ticket, error.Message));
            }
        });
    }

    private static RuleProtocol.Compiled Compile(RuleBuilder builder, MarkTable inForce, RuleProtocol.Build build)
    {
        using var span = PipelineSpans.Start(PipelineSpans.Build, build.Trace);
        span?.SetTag("generation", build.Generation);
        var table = builder.Build(new SourceText(build.Source, build.Text), build.Generation, inForce.Links, out var diagnostics);
        if (table is null) return new(null, new RuleProtocol.Built(build.Ticket, Succeeded: false, 0, diagnostics, RuleSetDelta.None));
        var delta = RuleSetDelta.Between(inForce.Rules, table.Rules);
        span?.SetTag("rules", table.Rules.Rules.Count);
        var device = builder.Offload(table, out var warnings);
        diagnostics = [.. diagnostics, .. warnings, .. builder.Remember(table.Rules)];
        return new(
            new ReadyRules(build.Ticket, table, device),
            new RuleProtocol.Built(build.Ticket, Succeeded: true, table.Rules.Rules.Count, diagnostics, delta));
    }

    private void OnCompiled(RuleProtocol.Compiled compiled)
    {
        _rules.Ready?.Device?.Dispose();
        _rules.Ready = compiled.Ready;
        Sender.Tell(compiled.Report);
    }

    /// <summary>
    /// Routers come first: whatever the device decides by these rules is routed by them. The device takes milliseconds, so another thread
    /// waits for it.
    /// </summary>
    private void OnPutInForce(RuleProtocol.PutInForce put)
    {
        if (_rules.Ready is not { } ready || ready.Ticket != put.Ticket)
        {
            Sender.Tell(new RuleProtocol.Broken(put.Ticket, "what was compiled is not there any more"));
            return;
        }

        _rules.Ready = null;
        using var span = PipelineSpans.Start(PipelineSpans.Swap, put.Trace);
        span?.SetTag("generation", ready.Table.Rules.Generation);
        _rules.PutInForce(ready.Table);
        if (ready.Device is null) Sender.Tell(new RuleProtocol.InForce(put.Ticket));
        else InDevice(_rules.Builder, ready, Sender);
    }

    private static void InDevice(RuleBuilder builder, ReadyRules ready, IActorRef asker) => Task.Run(() =>
    {
        try
        {
            builder.PutInForce(ready);
            asker.Tell(new RuleProtocol.InForce(ready.Ticket));
        }
        catch (Exception error)
        {
            asker.Tell(new RuleProtocol.Broken(ready.Ticket, error.Message));
        }
    });

    private void OnExchangeRoutes(RuleProtocol.ExchangeRoutes routes)
    {
        _rules.ExchangeRoutes(routes.Plans);
        Sender.Tell(new RuleProtocol.RoutesOffered(routes.Plans[0].Generation));
    }

    /// <summary>
    /// A pipeline makes no garbage, so it may be hours until the collector runs by itself. Where it can work beside the program, it is
    /// asked to. Where it cannot, it would stop everything, and the memory is not worth that.
    /// </summary>
    private void OnLetGo()
    {
        var worksBeside = GCSettings.LatencyMode is GCLatencyMode.Interactive or GCLatencyMode.SustainedLowLatency;
        if (_rules.LetGo() >= Many && worksBeside) GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
    }
}
