using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>
/// The process's signals, from its first moment to its last. They wait until there is a run. A command that has no run leaves the signals
/// that end a program to the system. SIGUSR1 and SIGUSR2 never end anything: without a run they are ignored. Any thread.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    /// <summary>
    /// SIGUSR1 and SIGUSR2 on x86 and Arm (Linux, include/uapi/asm-generic/signal.h), which <see cref="PosixSignal"/> does not name.
    /// </summary>
    public const PosixSignal UserSignal1 = (PosixSignal)10;
    public const PosixSignal UserSignal2 = (PosixSignal)12;

    /// <summary>
    /// SIGXCPU and SIGPWR on the same systems: the processor time of the process is used up, or the power is about to fail.
    /// </summary>
    public const PosixSignal ProcessorTime = (PosixSignal)24;
    public const PosixSignal Power = (PosixSignal)30;

    /// <summary>
    /// A second interrupt within this time, before the first is answered, counts as the same one: timeout(1) signals its child and
    /// immediately afterwards the child's process group.
    /// </summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// The same while the answer is being written, which somebody may have read before the writer goes on. Nobody reads it and sends another
    /// interrupt within this time.
    /// </summary>
    private static readonly TimeSpan EchoWhileTelling = TimeSpan.FromMilliseconds(2);

    /// <summary>The numbers of all signals handled, on the same systems, including SIGHUP, SIGINT and SIGTERM.</summary>
    private static readonly int[] Numbers = [1, 2, 10, 12, 15, 24, 30];

    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<PosixSignal> _waiting = [];
    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<bool> _isTerminalThere;
    private readonly TimeProvider _time;
    private (PosixSignal Signal, long At) _lastInterrupt;
    private bool _isTelling;
    private bool _hadTerminal;
    private RunSignals? _run;
    private bool _isLeftToSystem;
    private bool _hadRun;
    private int _interrupts;

    /// <param name="isTerminalThere">Whether the terminal that the process was started from is still there.</param>
    /// <param name="time">Dates the signals; null for the system's clock.</param>
    public ProcessSignals(Func<bool>? isTerminalThere = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _isTerminalThere = isTerminalThere ?? ControllingTerminal.IsThere;
        _hadTerminal = isTerminalThere is not null && isTerminalThere();
    }

    /// <summary>Completes when an interrupt comes, or the terminal goes, while there is no run. A second interrupt ends the process.</summary>
    public Task Interrupted => _interrupted.Task;

    /// <summary>Takes the signals of this process. A hang-up that the parent process had ignored (nohup) stays ignored.</summary>
    public static ProcessSignals Take()
    {
        var signals = new ProcessSignals();
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGTERM, PosixSignal.SIGINT, PosixSignal.SIGHUP, UserSignal1, UserSignal2, ProcessorTime, Power])
        {
            signals._registrations.Add(PosixSignalRegistration.Create(signal, context => context.Cancel = signals.Deliver(context.Signal)));
        }

        signals._hadTerminal = signals._isTerminalThere();
        return signals;
    }

    /// <summary>Ignores signals in the last moments of the process.</summary>
    public void Dispose()
    {
        if (_registrations.Count > 0) Signal.Ignore(Numbers);
        GC.KeepAlive(_registrations);
    }

    /// <summary>
    /// There will be no run: an interrupt and a hang-up end the process as they do without a handler, including those that have already
    /// come.
    /// </summary>
    public void LeaveToSystem()
    {
        lock (_gate)
        {
            _isLeftToSystem = true;
            if (_waiting.Find(s => s is not UserSignal1) is not 0 and var signal) Environment.Exit(128 + NumberOf(signal));
        }
    }

    /// <summary>
    /// Does the work before there is a run. It may wait for others, such as the other end of a pipe, or for a long compilation.
    /// </summary>
    /// <param name="patience">How long the work may still take after an interrupt.</param>
    /// <exception cref="InterruptedException">An interrupt came, and the work was not done in time.</exception>
    public async Task<T> Await<T>(Func<T> start, TimeSpan patience)
    {
        var starting = Task.Run(start);
        if (await Task.WhenAny(starting, _interrupted.Task) != starting) await Task.WhenAny(starting, Task.Delay(patience));
        return starting.IsCompleted ? await starting : throw new InterruptedException();
    }

    /// <summary>From here on a run answers signals. Those that came before are answered at once.</summary>
    /// <returns>Disposing it ends that.</returns>
    public IDisposable Attach(RunSignals run)
    {
        List<PosixSignal> waiting;
        lock (_gate)
        {
            (_run, _hadRun) = (run, true);
            waiting = [.. _waiting];
            _waiting.Clear();
        }

        foreach (var signal in waiting) Answer(run, signal);
        return new Attachment(this);
    }

    /// <returns>False if the system's default action is to follow.</returns>
    internal bool Deliver(PosixSignal signal)
    {
        if (signal == UserSignal2) return true;
        if (signal is ProcessorTime or Power || (signal == PosixSignal.SIGHUP && _hadTerminal && !_isTerminalThere())) signal = Leave;
        RunSignals? run;
        lock (_gate)
        {
            if (_isLeftToSystem) return signal == UserSignal1;
            if (IsEcho(signal)) return true;
            run = _run;
            if (run is null) Wait(signal);
        }

        if (run is null) return true;
        Answer(run, signal);
        if (signal is PosixSignal.SIGINT or PosixSignal.SIGTERM) lock (_gate) (_lastInterrupt, _isTelling) = (default, false);
        return true;
    }

    /// <summary>
    /// Stands for the signals that say, more than once, that the process must end: a hang-up because the terminal was closed (any other
    /// hang-up reloads rules), the end of the processor time, and the failure of the power. No signal has this number.
    /// </summary>
    private const PosixSignal Leave = (PosixSignal)(-1000);

    private bool IsEcho(PosixSignal signal)
    {
        if (signal is not (PosixSignal.SIGINT or PosixSignal.SIGTERM)) return false;
        var now = _time.GetTimestamp();
        var (last, at) = _lastInterrupt;
        if (signal == last && _time.GetElapsedTime(at, now) < (_isTelling ? EchoWhileTelling : Echo)) return true;
        _lastInterrupt = (signal, now);
        return false;
    }

    private void Wait(PosixSignal signal)
    {
        if (!_hadRun && !_waiting.Contains(signal)) _waiting.Add(signal);
        if (signal is PosixSignal.SIGHUP or UserSignal1) return;
        _interrupted.TrySetResult();

        if (signal != Leave && ++_interrupts > 1) Environment.Exit(ExitCodes.SecondInterrupt);
    }

    private void Answer(RunSignals run, PosixSignal signal)
    {
        switch (signal)
        {
            case PosixSignal.SIGHUP: _ = run.ReloadRules(); break;
            case UserSignal1: run.PrintCounts(); break;
            case Leave: run.Leave(); break;
            default: run.Interrupt(Telling); break;
        }
    }

    private void Telling()
    {
        lock (_gate) _isTelling = true;
    }

    private static int NumberOf(PosixSignal signal) => signal switch
    {
        PosixSignal.SIGINT => 2,
        PosixSignal.SIGTERM => 15,
        _ => 1,
    };

    private void Detach()
    {
        lock (_gate) _run = null;
    }

    private sealed class Attachment(ProcessSignals signals) : IDisposable
    {
        public void Dispose() => signals.Detach();
    }
}

/// <summary>An interrupt came before there was a run, and the work that was waited for did not finish.</summary>
internal sealed class InterruptedException() : Exception("interrupted before the run began; nothing was read");
