using System.Runtime.InteropServices;
using System.Threading.Channels;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Live;

/// <summary>
/// The whole of a terminal. What stood there comes back, and keys are as they were, when this is disposed, when the process exits by itself,
/// and while it is stopped (Ctrl-Z).
/// </summary>
internal sealed class FullScreen : ILiveScreen, IDisposable
{
    private const string Enter = "\e[?1049h\e[?25l\e[?7l";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";

    // SIGCONT, SIGTSTP and SIGWINCH on x86 and Arm (Linux, include/uapi/asm-generic/signal.h).
    private const PosixSignal Continued = (PosixSignal)18, StopAsked = (PosixSignal)20, Resized = (PosixSignal)28;

    private const int UsualWidth = 80, UsualHeight = 24;

    private readonly Lock _gate = new();
    private readonly Channel<Key> _keys = Channel.CreateBounded<Key>(new BoundedChannelOptions(256) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly List<PosixSignalRegistration> _signals = [];
    private PosixSignalRegistration? _stop;
    private readonly Terminal _terminal;
    private readonly TerminalMode? _mode;
    private TaskCompletionSource _changed = NewSignal();
    private bool _isEntered;
    private bool _isOver;

    private FullScreen(Terminal terminal, TerminalMode? mode) => (_terminal, _mode) = (terminal, mode);

    public (int Width, int Height) Size => TerminalMode.SizeOf(StandardStreams.Output) ?? (UsualWidth, UsualHeight);

    public ChannelReader<Key> Keys => _keys.Reader;

    public Task Changed
    {
        get
        {
            lock (_gate) return _changed.Task;
        }
    }

    public static FullScreen Open(Terminal terminal)
    {
        var screen = new FullScreen(terminal, terminal.InIsTerminal ? TerminalMode.Of(StandardStreams.Input) : null);
        AppDomain.CurrentDomain.ProcessExit += screen.Exits;
        screen.On(Resized, screen.Change);
        screen.AwaitStop();
        screen.On(Continued, screen.Take);
        screen.Take();
        if (screen._mode is not null) new Thread(screen.ReadKeys) { IsBackground = true, Name = "keys" }.Start();
        else screen._keys.Writer.TryComplete();
        return screen;
    }

    public void Paint(IReadOnlyList<ScreenLine> lines)
    {
        lock (_gate)
        {
            if (_isEntered) _terminal.Out.Write(AnsiText.Screen(lines, _terminal.OutAllowsEscapes));
        }
    }

    public void Dispose()
    {
        foreach (var signal in _signals) signal.Dispose();
        _stop?.Dispose();
        AppDomain.CurrentDomain.ProcessExit -= Exits;
        lock (_gate) _isOver = true;
        GiveBack();
    }

    private void Exits(object? sender, EventArgs e) => GiveBack();

    private void On(PosixSignal signal, Action act) => _signals.Add(PosixSignalRegistration.Create(signal, context =>
    {
        // After it goes on, the runtime would set the terminal as it was at the start of the process.
        context.Cancel = true;
        act();
    }));

    /// <summary>The runtime never stops a process that has a handler, so the handler removes itself, and comes back when all goes on.</summary>
    private void AwaitStop() => _stop = PosixSignalRegistration.Create(StopAsked, context =>
    {
        context.Cancel = true;
        GiveBack();
        _stop?.Dispose();
        Signal.Stop();
        AwaitStop();
        Take();
    });

    private void Take()
    {
        lock (_gate)
        {
            if (_isOver) return;
            _mode?.Take();
            _terminal.Out.Write(Enter);
            _isEntered = true;
        }

        Change();
    }

    private void GiveBack()
    {
        lock (_gate)
        {
            if (!_isEntered) return;
            _isEntered = false;
            _mode?.Restore();
            _terminal.Out.Write(Leave);
        }
    }

    private void Change()
    {
        TaskCompletionSource changed;
        lock (_gate) (changed, _changed) = (_changed, NewSignal());
        changed.TrySetResult();
    }

    private void ReadKeys()
    {
        try
        {
            using var input = _terminal.OpenIn();
            var sent = new byte[256];
            while (input.Read(sent) is > 0 and var length)
            {
                foreach (var key in Key.Read(sent.AsSpan(0, length))) _keys.Writer.TryWrite(key);
            }
        }
        catch (LinuxException)
        {
            // The terminal has gone. A signal says so too.
        }

        _keys.Writer.TryComplete();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
