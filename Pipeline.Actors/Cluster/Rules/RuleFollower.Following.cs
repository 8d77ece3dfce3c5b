using Akka.Actor;
using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Delivery;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>One generation after the other is put in force here; those that came and went meanwhile are left out.</summary>
internal sealed partial class RuleFollower
{
    private void OnChanged(LWWRegister<string> register)
    {
        var (agreed, wasReadable) = (AgreedRegister.Read(register), _isReadable);
        _isReadable = agreed is not null;
        if (agreed is null)
        {
            if (wasReadable) _node.Say("the cluster's register of rules has something that this version cannot read; this node keeps its rules");
            return;
        }

        (_agreed, _writer) = (agreed, register.UpdatedBy.Address);
        _node.OnAgreed(agreed);
        Follow();
    }

    private void Follow()
    {
        if (_isBusy || _agreed is null || _node.Pipeline is not { } pipeline) return;
        var (entry, runs) = (_agreed.Current(), pipeline.History[^1]);

        // If this node has gone further, it is the authority that finds a number above both.
        if (entry.Number < runs.Number || (_failed.Number == entry.Number && _failed.Again > TimeProvider.System.GetUtcNow())) return;
        var isSame = entry.Hash == RuleTexts.HashOf(runs.Text);
        var isKnown = runs.IsAgreed && AgreedHistory.TimeOf(entry.ConfirmBy) == runs.ConfirmBy;
        if (entry.Number == runs.Number && (!isSame || isKnown)) return;
        if ((isSame ? runs.Text : _node.Texts.Find(entry.Hash)) is { } text) Put(entry, text, runs, pipeline);
        else Get(entry);
    }

    private void Get(AgreedGeneration entry)
    {
        if (entry.Bytes > RuleTexts.MostBytes)
        {
            Fail(entry, $"its text has {entry.Bytes} bytes, and at most {RuleTexts.MostBytes} travel between nodes", mayPass: false);
            return;
        }

        (_isBusy, _fetched) = (true, entry.Hash);
        Fetch(entry);
    }

    private void Fetch(AgreedGeneration entry) => Context.ActorOf(
        TextFetch.Props(_node.Texts, entry.Hash, entry.Bytes, _writer is null ? Others() : Others().Prepend(_writer)));

    private void Put(AgreedGeneration entry, string text, RuleGeneration runs, IClusterRules pipeline)
    {
        _isBusy = true;
        var takesOver = !runs.IsAgreed && text != runs.Text;
        _node.Texts.Add(text);
        pipeline.Follow(entry.With(text)).PipeTo(
            Self, success: change => new Followed(entry, change, "", takesOver), failure: error => new Followed(entry, null, error.Message, takesOver));
    }

    private void OnFetched(TextFetch.Fetched fetched)
    {
        // Else it is one to go back to, which nobody waits for.
        if (fetched.Hash != _fetched) return;
        (_isBusy, _fetched) = (false, "");
        if (!fetched.IsThere && _agreed?.Current() is { } entry && entry.Hash == fetched.Hash)
            Fail(entry, "no member gives the text of its rules", mayPass: true);
        else Follow();
    }

    private void OnFollowed(Followed followed)
    {
        _isBusy = false;
        var (entry, change) = (followed.Entry, followed.Change);
        switch (change?.Outcome)
        {
            case RuleOutcome.Applied or RuleOutcome.Unchanged:
                _failures = 0;
                if (followed.TakesOver) SayThatItTakesOver(entry);
                _node.OnFollowed(entry.Number, change);
                Report();
                HaveWhatToGoBackTo();
                Follow();
                return;
            case RuleOutcome.Invalid: Fail(entry, WordsOf(change), mayPass: false); break;
            case null: Fail(entry, followed.Failure, mayPass: true); break;
        }

        // What else came in between is looked at with the next tick, and not at once: a run that is over would answer for ever.
        Report();
    }

    private void SayThatItTakesOver(AgreedGeneration entry) => _node.Say(
        "the cluster has other rules than this node ran so far; "
        + $"it takes over generation {entry.Number} of {Quoted.Of(entry.Source)}");

    /// <summary>When the rules in force cut this node off, it is too late to get those before them.</summary>
    private void HaveWhatToGoBackTo()
    {
        if (_agreed?.Current().ConfirmBy is not > 0 || _agreed.Find(_agreed.Confirmed) is not { } earlier) return;
        if (_node.Texts.Find(earlier.Hash) is null) Fetch(earlier);
    }

    private void Fail(AgreedGeneration entry, string why, bool mayPass)
    {
        why = Quoted.Short(why, 200);
        if (_failed.Number != entry.Number || _failed.Why != why)
            _node.Say($"generation {entry.Number} of the cluster's rules is not in force here: {why}");
        if (_failed.Number != entry.Number) _failures = 0;
        _failed = (entry.Number, why, mayPass ? TimeProvider.System.GetUtcNow() + Backoff.After(++_failures) : DateTimeOffset.MaxValue);
    }

    /// <summary>What other nodes accept this one may refuse, because it has other devices and guards.</summary>
    private static string WordsOf(RuleChange change) =>
        change.Diagnostics.FirstOrDefault(d => d.Severity == Severity.Error)?.Message ?? "this node refuses them";
}
