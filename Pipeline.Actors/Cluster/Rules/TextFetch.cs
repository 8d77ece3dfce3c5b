using System.Text;
using Akka.Actor;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Dispatch;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// Gets one text from other nodes, piece by piece. A node that does not answer, or does not have it, is passed over for the next; what came
/// already is kept, because the hash says in the end whether all of it is right. Then it tells its parent, and is gone.
/// </summary>
internal sealed class TextFetch : UntypedActor
{
    private const int MostRounds = 3;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    private readonly RuleTexts _texts;
    private readonly string _hash;
    private readonly List<Address> _holders;
    private readonly byte[] _bytes;
    private int _got;
    private int _tries;

    private TextFetch(RuleTexts texts, string hash, int bytes, List<Address> holders)
    {
        (_texts, _hash) = (texts, hash);
        var isSound = RuleTexts.IsHash(hash) && bytes is >= 0 and <= RuleTexts.MostBytes;
        (_holders, _bytes) = isSound ? (holders, new byte[bytes]) : ([], []);
    }

    /// <param name="texts">Where the text is put.</param>
    /// <param name="hash">What it must have for its hash.</param>
    /// <param name="bytes">How many bytes it has, at most <see cref="RuleTexts.MostBytes"/>.</param>
    /// <param name="holders">The nodes to ask, the likeliest first.</param>
    public static Props Props(RuleTexts texts, string hash, int bytes, IEnumerable<Address> holders) =>
        Akka.Actor.Props.CreateBy(new ActorProducer<TextFetch>(() => new TextFetch(texts, hash, bytes, [.. holders.Distinct()])));

    protected override void PreStart()
    {
        SetReceiveTimeout(Patience);
        if (_holders.Count == 0) End(isThere: false);
        else if (_bytes.Length == 0) Finish();
        else Ask();
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case TextPiece piece when piece.Hash == _hash: OnPiece(piece); break;
            case ReceiveTimeout: AskAnother(); break;
            default: Unhandled(message); break;
        }
    }

    private void OnPiece(TextPiece piece)
    {
        if (piece.Total != _bytes.Length) AskAnother();
        else if (piece.Offset == _got && piece.Bytes.Length > 0 && piece.Bytes.Length <= _bytes.Length - _got) Take(piece.Bytes);
    }

    private void Take(byte[] piece)
    {
        piece.CopyTo(_bytes, _got);
        _got += piece.Length;
        if (_got == _bytes.Length) Finish();
        else Ask();
    }

    private void Finish()
    {
        if (RuleTexts.HashOf(_bytes) == _hash)
        {
            _texts.Add(Encoding.UTF8.GetString(_bytes));

            // Bytes that are no UTF-8 have become another text.
            End(isThere: _texts.Find(_hash) is not null);
            return;
        }

        _got = 0;
        AskAnother();
    }

    private void AskAnother()
    {
        if (++_tries >= _holders.Count * MostRounds) End(isThere: false);
        else Ask();
    }

    private void Ask()
    {
        var holder = Context.ActorSelection(RuleFollower.At(_holders[_tries % _holders.Count]));
        holder.Tell(new TextAsk { Hash = _hash, Offset = _got });
    }

    private void End(bool isThere)
    {
        Context.Parent.Tell(new Fetched(_hash, isThere));
        Context.Stop(Self);
    }

    /// <summary>To the parent: the text is among this node's texts, or nobody has it.</summary>
    public sealed record Fetched(string Hash, bool IsThere) : ILocalMessage;
}
