using Pipeline.Nic.Compression;
using Pipeline.Nic.Linux;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Consumers.Captures;

/// <summary>The files of one capture: a single one, or with rotation one after the other.</summary>
internal sealed class FileSeries
{
    public const string StandardOutput = "-";

    private readonly CaptureRotation? _rotation;
    private readonly string _path;
    private readonly FilesInUse? _files;
    private readonly Queue<(string Path, FileIdentity? File)> _kept = new();
    private readonly long _mostNanoseconds;
    private readonly long _mostPackets;
    private long? _firstTimestamp;
    private long _packets;

    /// <exception cref="ArgumentException">The rotation makes no sense.</exception>
    public FileSeries(CaptureOptions options)
    {
        _path = options.Path;
        _files = options.Files;
        var isNone = options.Rotation is { FileBytes: null, Files: null, Duration: null, Packets: null, LastFile: null };
        _rotation = isNone ? null : options.Rotation;
        _rotation?.Check();
        if (IsStandardOutput && Rotates) throw new ArgumentException("Standard output cannot be rotated.", nameof(options));
        MostBytes = _rotation?.FileBytes ?? long.MaxValue;
        _mostPackets = _rotation?.Packets ?? long.MaxValue;
        _mostNanoseconds = _rotation?.Duration is { } duration ? duration.Ticks * TimeSpan.NanosecondsPerTick : long.MaxValue;
    }

    public bool Rotates => _rotation is not null;

    /// <summary>How many bytes a file must reach to get no further packet.</summary>
    public long MostBytes { get; }

    /// <summary>Files made so far, deleted ones too.</summary>
    public int Made { get; private set; }

    /// <summary>Whether there is to be no other file after this one.</summary>
    public bool IsLast => Made == _rotation?.LastFile;

    /// <summary>The file being written.</summary>
    public string Current { get; private set; } = "";

    private bool IsStandardOutput => _path == StandardOutput;

    /// <summary>Makes the next file, after deleting the oldest where the number of files is limited.</summary>
    /// <exception cref="OutputException">It cannot be made, or the oldest cannot be deleted.</exception>
    public OutputFile Next()
    {
        if (IsStandardOutput)
        {
            var output = OutputFile.StandardOutput(_files);
            Current = output.Name;
            return output;
        }

        _firstTimestamp = null;
        _packets = 0;
        // A file that nothing comes after needs no number.
        Current = Rotates && _rotation?.LastFile != 1 ? Numbered(Made + 1) : _path;
        if (_kept.Count == _rotation?.Files) Delete(_kept.Dequeue());
        var file = OutputFile.Create(Current, _files);
        Made++;
        if (_rotation?.Files is not null) _kept.Enqueue((Current, file.Identity));
        return file;
    }

    /// <summary>Whether a packet belongs into the next file, given that this one holds some already.</summary>
    /// <param name="bytes">The bytes that the file has reached.</param>
    public bool IsOver(long bytes, in Packet packet) =>
        bytes >= MostBytes
            || _packets >= _mostPackets
            || (_firstTimestamp is { } first && !packet.Has(PacketFlags.NoTimestamp) && IsOver(first, packet.TimestampNanoseconds));

    /// <summary>The file's time starts with its first packet that has one.</summary>
    public void Saw(in Packet packet)
    {
        _packets++;
        if (!packet.Has(PacketFlags.NoTimestamp)) _firstTimestamp ??= packet.TimestampNanoseconds;
    }

    // In 128 bits, because times can lie further apart than 64 bits hold.
    private bool IsOver(long first, long now) => _mostNanoseconds != long.MaxValue && (Int128)now - first >= _mostNanoseconds;

    private string Numbered(int number)
    {
        var plain = PieceCompressor.PlainName(_path);
        var extensions = Path.GetExtension(plain) + _path[plain.Length..];
        var name = $"{Path.GetFileNameWithoutExtension(plain)}_{number:D5}_{DateTime.Now:yyyyMMddHHmmss}{extensions}";
        return Path.Combine(Path.GetDirectoryName(_path) ?? "", name);
    }

    /// <summary>A name that leads to another file by now is left alone: somebody might have put that file there for a reader.</summary>
    private static void Delete((string Path, FileIdentity? File) oldest)
    {
        var path = oldest.Path;
        if (FileIdentity.Of(path) is { } now && now != oldest.File) return;
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(path, $"cannot be deleted to make room for the next file: {e.Message}", inner: e);
        }
    }
}
