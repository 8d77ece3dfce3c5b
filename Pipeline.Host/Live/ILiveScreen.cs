using System.Threading.Channels;

namespace Pipeline.Host.Live;

/// <summary>Where a display is painted, and what is pressed before it.</summary>
internal interface ILiveScreen
{
    (int Width, int Height) Size { get; }

    /// <summary>Keys as they are pressed. They end where nobody can press any more.</summary>
    ChannelReader<Key> Keys { get; }

    /// <summary>Completes when everything must be painted again: the size is another, or somebody else has used the terminal.</summary>
    Task Changed { get; }

    void Paint(IReadOnlyList<ScreenLine> lines);
}
