using Pipeline.Nic.Accounts;
using Pipeline.Nic.Consumers.Captures;
using Pipeline.Nic.Pages;
using Pipeline.Nic.Rules;

namespace Pipeline.Nic.Consumers;

/// <summary>
/// Writes each packet into the capture file of the rule it matched, <c>NAME.pcapng</c> in one folder. Packets that matched none go into
/// <c>unmatched.pcapng</c>. A packet that matched several rules is in the file of each. It counts as delivered once, when all of the files
/// took it.
/// </summary>
/// <remarks>
/// Every rule has its file from the start, so that scripts find the file even when nothing matched. A rule of a later generation gets its
/// file with the first packets of that generation, or at the latest at the end. If an earlier rule had the same name, its file is
/// continued. When one file can take no more, all are finished and nothing more is written, as with <see cref="CaptureConsumer"/>.
/// </remarks>
public sealed class SplitConsumer : IPacketConsumer, INotingConsumer
{
    /// <summary>The name used for packets that no rule matched.</summary>
    public const string Unmatched = "unmatched";

    private readonly SharedPackets _shared = new();
    private readonly Func<MarkTable> _inForce;
    private readonly RuleFiles _files;
    private MarkTable? _table;
    private int[] _matches = [];
    private NicInterface? _interface;
    private bool _isOver;

    /// <summary>
    /// Makes the folder and a file for each rule in force, so that errors are known before the first packet.
    /// </summary>
    /// <param name="folder">Where the files go; made when it is missing.</param>
    /// <param name="options">How they are written.</param>
    /// <param name="inForce">
    /// Returns the rules in force when it is called, at the start and at the end; any thread. Packets in between carry their own rules.
    /// </param>
    /// <exception cref="ArgumentException">The options contradict themselves.</exception>
    /// <exception cref="OutputException">The folder or a file cannot be made.</exception>
    public SplitConsumer(string folder, SplitOptions options, Func<MarkTable> inForce)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(options.MostOpenFiles, 1);
        _inForce = inForce;
        _files = new RuleFiles(folder, options, _shared);
        try
        {
            _files.MakeFolder();
            Turn(inForce());
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The file that a rule's packets are written into.</summary>
    public static string FileOf(string folder, string rule) => Path.Combine(folder, rule + ".pcapng");

    /// <summary>Describes what was written, one line per file, once it is complete. For the thread that consumes.</summary>
    public IReadOnlyList<string> Notes => _files.Notes;

    /// <inheritdoc/>
    public void Consume(scoped PacketBatch batch)
    {
        if (_isOver)
        {
            batch.Reject(DropReason.OutputError, batch.Count, batch.Bytes);
            return;
        }

        try
        {
            if (!ReferenceEquals(batch.Rules, _table)) Turn(RulesOf(batch));
            if (!ReferenceEquals(batch.Interface, _interface)) Saw(batch.Interface);
            Write(batch);
        }
        catch (OutputException)
        {
            Finish();
            throw;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="OutputException">A file can take no more.</exception>
    public void Flush()
    {
        if (_isOver) return;
        try
        {
            _files.Flush();
        }
        catch (OutputException)
        {
            Finish();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_isOver) return;
        try
        {
            var rules = _inForce();
            if (!ReferenceEquals(rules, _table)) Turn(rules);
        }
        catch (OutputException)
        {
            Finish();
            throw;
        }

        if (Finish() is { } failure) throw failure;
    }

    /// <summary>After a crash, without <see cref="Complete"/>, held packets are still written if the files take them.</summary>
    public void Dispose()
    {
        if (!_isOver) Finish();
        _files.Dispose();
    }

    private void Write(scoped PacketBatch batch)
    {
        long packets = 0, bytes = 0;
        try
        {
            foreach (ref readonly var packet in batch.Packets)
            {
                if (packet.Has(PacketFlags.SeveralRules)) WriteToSeveral(batch, packet);
                else Append(packet.Rule, batch, packet, packet.CapturedLength);
                packets++;
                bytes += packet.CapturedLength;
            }
        }
        finally
        {
            batch.HoldWritten(packets, bytes);
        }
    }

    private void WriteToSeveral(scoped PacketBatch batch, in Packet packet)
    {
        var count = _table!.MatchesOf(batch.Interface, packet, batch.BytesOf(packet), _matches);
        if (count == 0)
            throw new InvalidOperationException(
                $"Rule set {batch.Generation} knows no match of a packet that it flagged as matching several rules.");

        var slot = _shared.Add(batch.PacketAccount, batch.Interface, packet.CapturedLength, count);
        var done = 0;
        try
        {
            for (; done < count; done++) Append(_matches[done], batch, packet, ~slot);
        }
        finally
        {
            // If a file failed, the files after it did not get the packet either. The packet is then settled here, and so must be held
            // here.
            if (done < count) batch.HoldWritten(1, packet.CapturedLength);
            for (; done < count; done++) _shared.Release(slot, taken: false);
        }
    }

    private void Append(int rule, scoped PacketBatch batch, in Packet packet, int length) =>
        _files.Open(rule).Append(packet, batch, length);

    private static MarkTable RulesOf(scoped PacketBatch batch) =>
        batch.Rules ?? throw new InvalidOperationException("Packets that no rule set has seen cannot be split by rule.");

    private void Turn(MarkTable table)
    {
        _files.Turn(table.Rules);
        _matches = new int[table.Rules.Rules.Count];
        _table = table;
    }

    private void Saw(NicInterface nicInterface)
    {
        _interface = nicInterface;
        _files.Saw(nicInterface);
    }

    private OutputException? Finish()
    {
        _isOver = true;
        return _files.Finish();
    }
}
