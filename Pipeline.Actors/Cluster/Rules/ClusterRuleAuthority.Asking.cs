using Akka.Actor;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Dispatch;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>Works on requests one after the other.</summary>
internal sealed partial class ClusterRuleAuthority
{
    private const int MostWaiting = 64;
    private const int MostAnswered = 256;
    private const int MostErrors = 5;

    /// <summary>How long a node may be silent that wants something. It asks again every second.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly List<Work> _works = [];
    private readonly Queue<RuleReply> _answered = new();
    private (RuleReply Reply, IActorRef Asker)? _answer;

    /// <summary>A node that was not heard for a while has given up, or is no more. A request that nobody wants has no effect.</summary>
    private void ForgetWhoWaitsNoLonger()
    {
        if (_works.RemoveAll(w => Now - w.HeardAt > Patience) > 0) Next();
    }

    private void OnAsk(RuleAsk ask)
    {
        if (!RuleDecision.IsSound(ask))
        {
            Sender.Tell(ReplyTo(ask, RuleReplyKind.Broken, 0, "this is no request that makes sense here"));
            return;
        }

        if (_answered.FirstOrDefault(a => a.Id == ask.Id) is { } given)
        {
            Sender.Tell(given);
            return;
        }

        if (_answer is { } due && due.Reply.Id == ask.Id) return;
        var known = _works.Find(w => w.Ask.Id == ask.Id);
        if (known is null && _works.Count >= MostWaiting)
        {
            Sender.Tell(ReplyTo(ask, RuleReplyKind.Broken, 0, $"{MostWaiting} requests wait already"));
            return;
        }

        var work = known ?? new Work(ask);
        if (known is null) _works.Add(work);
        (work.Asker, work.HeardAt) = (Sender, Now);
        Sender.Tell(new RuleHeld { Id = ask.Id, IsReady = work.IsReady });
        Next();
    }

    private void Next()
    {
        if (_agreed is null || _isWriting || _works.Count == 0 || _works[0].HasBegun) return;
        var work = _works[0];
        work.HasBegun = true;
        var decision = RuleDecision.Of(_agreed, work.Ask, Now);
        if (decision.Next is null) Finish(work, decision, _agreed);
        else if (decision.Kind != RuleReplyKind.Agreed) BeReady(work);
        else Prepare(work, decision.Next.Current());
    }

    /// <summary>The cluster must not agree on a text that nobody has.</summary>
    private void Prepare(Work work, AgreedGeneration wanted)
    {
        work.Hash = wanted.Hash;
        var holders = _cluster.State.Members.Select(m => m.Address).Prepend(AddressOf(work.Asker)).Where(a => a != _cluster.SelfAddress);
        if (_node.Texts.Find(wanted.Hash) is not null) OnText(work);
        else Context.ActorOf(TextFetch.Props(_node.Texts, wanted.Hash, wanted.Bytes, holders));
    }

    /// <summary>The text of an earlier generation was checked before.</summary>
    private void OnText(Work work)
    {
        if (work.Ask.Verb == RuleVerb.Apply) Check(work);
        else BeReady(work);
    }

    /// <summary>An actor of this node has a path without an address.</summary>
    private Address AddressOf(IActorRef actor) => actor.Path.Address.HasLocalScope ? _cluster.SelfAddress : actor.Path.Address;

    private void OnFetched(TextFetch.Fetched fetched)
    {
        if (_works.Find(w => w.Hash == fetched.Hash) is not { IsReady: false } work) return;
        if (fetched.IsThere) OnText(work);
        else Finish(work, ReplyTo(work.Ask, RuleReplyKind.Broken, 0, "no member gives the text of these rules"));
    }

    private void Check(Work work)
    {
        var (id, text) = (work.Ask.Id, _node.Texts.Find(work.Ask.Hash));
        if (text is null || _node.Pipeline is not { } pipeline)
        {
            Finish(work, ReplyTo(work.Ask, RuleReplyKind.Broken, 0, "the text is not there any more"));
            return;
        }

        pipeline.Check(text, work.Ask.Source)
            .PipeTo(Self, success: check => new Checked(id, check, ""), failure: error => new Checked(id, null, error.Message));
    }

    private void OnChecked(Checked result)
    {
        if (_works.Find(w => w.Ask.Id == result.Id) is not { } work) return;
        if (result.Check is null)
        {
            Finish(work, ReplyTo(work.Ask, RuleReplyKind.Broken, 0, result.Failure));
        }
        else if (result.Check.Rules is null)
        {
            var errors = result.Check.Diagnostics.Where(d => d.Severity == Severity.Error).Take(MostErrors).Select(d => d.Message);
            Finish(work, ReplyTo(work.Ask, RuleReplyKind.Invalid, _agreed!.Current().Number, string.Join("; ", errors)));
        }
        else
        {
            BeReady(work);
        }
    }

    private static void BeReady(Work work)
    {
        work.IsReady = true;
        work.Asker.Tell(new RuleHeld { Id = work.Ask.Id, IsReady = true });
    }

    /// <summary>The deadline may have passed and other nodes may have come meanwhile, so it is decided anew.</summary>
    private void OnGo(Guid id)
    {
        if (_isWriting || _works.Find(w => w.Ask.Id == id) is not { IsReady: true } work) return;
        var decision = RuleDecision.Of(_agreed!, work.Ask, Now);
        if (decision.Next is null)
        {
            Finish(work, decision, _agreed!);
            return;
        }

        _works.Remove(work);
        Write(decision.Next, (ReplyTo(work.Ask, decision, decision.Next), work.Asker));
    }

    private void Finish(Work work, RuleDecision decision, AgreedRules agreed) => Finish(work, ReplyTo(work.Ask, decision, agreed));

    private void Finish(Work work, RuleReply reply)
    {
        _works.Remove(work);
        Answer(reply, work.Asker);
        Next();
    }

    private void Answer(RuleReply reply, IActorRef asker)
    {
        _answered.Enqueue(reply);
        if (_answered.Count > MostAnswered) _answered.Dequeue();
        asker.Tell(reply);
    }

    private static RuleReply ReplyTo(RuleAsk ask, RuleDecision decision, AgreedRules agreed) =>
        ReplyTo(
            ask, decision.Kind, decision.Generation, decision.Kind == RuleReplyKind.Broken ? "no number is left" : "", agreed.Current().ConfirmBy);

    private static RuleReply ReplyTo(RuleAsk ask, RuleReplyKind kind, int generation, string words, long confirmBy = 0) =>
        new() { Id = ask.Id, Kind = kind, Generation = generation, ConfirmBy = confirmBy, Words = Quoted.Short(words, 500) };

    /// <summary>A request at work or waiting.</summary>
    private sealed class Work(RuleAsk ask)
    {
        public RuleAsk Ask { get; } = ask;

        public IActorRef Asker { get; set; } = ActorRefs.Nobody;

        public DateTimeOffset HeardAt { get; set; }

        public bool HasBegun { get; set; }

        /// <summary>Whether it waits for the node that asked.</summary>
        public bool IsReady { get; set; }

        /// <summary>The hash of the text that is to come in force; empty before it is known.</summary>
        public string Hash { get; set; } = "";
    }

    private sealed record Checked(Guid Id, RuleCheck? Check, string Failure) : ILocalMessage;
}
