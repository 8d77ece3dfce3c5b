using System.Threading.Channels;
using Pipeline.Host.Live;

namespace Pipeline.Host.Tests.Live;

/// <summary>A screen whose pictures can be waited for.</summary>
internal sealed class FakeScreen : ILiveScreen
{
    private readonly Channel<Key> _keys = Channel.CreateUnbounded<Key>();
    private readonly Channel<string> _pictures = Channel.CreateUnbounded<string>();
    private TaskCompletionSource _changed = new();
    private (int Width, int Height) _size = (80, 24);

    public (int Width, int Height) Size => _size;

    public ChannelReader<Key> Keys => _keys.Reader;

    public Task Changed => _changed.Task;

    public void Paint(IReadOnlyList<ScreenLine> lines) => _pictures.Writer.TryWrite(string.Join('\n', lines.Select(l => l.Text)));

    public void Press(string keys)
    {
        foreach (var key in Key.Read(System.Text.Encoding.ASCII.GetBytes(keys))) _keys.Writer.TryWrite(key);
    }

    public void Resize(int width, int height)
    {
        _size = (width, height);
        var changed = _changed;
        _changed = new();
        changed.SetResult();
    }

    /// <returns>The first picture from now on that shows it.</returns>
    public async Task<string> Shows(Func<string, bool> it)
    {
        using var patience = new CancellationTokenSource(Server.ServedRun.Patience);
        await foreach (var picture in _pictures.Reader.ReadAllAsync(patience.Token))
        {
            if (it(picture)) return picture;
        }

        throw new InvalidOperationException("There is no more picture.");
    }
}
