using System.Runtime.InteropServices;
using Pipeline.Nic.Linux;

namespace Pipeline.Host.Running;

/// <summary>
/// The process's signals, from its first moment to its last. Until there is a run they wait for it; a command that has none leaves those
/// that end a program to the system. SIGUSR1 and SIGUSR2 end nothing, ever: where nobody has an answer they are passed over. Any thread.
/// </summary>
internal sealed class ProcessSignals : IDisposable
{
    /// <summary>SIGUSR1 and SIGUSR2 on x86 and Arm (Linux, include/uapi/asm-generic/signal.h), which <see cref="PosixSignal"/> does not name.</summary>
    public const PosixSignal UserSignal1 = (PosixSignal)10;
    public const PosixSignal UserSignal2 = (PosixSignal)12;

    /// <summary>SIGXCPU and SIGPWR on the same systems: the time that the process may compute is over, the power is about to be.</summary>
    public const PosixSignal ProcessorTime = (PosixSignal)24;
    public const PosixSignal Power = (PosixSignal)30;

    /// <summary>
    /// An interrupt that comes twice within this, and before the first is answered, is one: timeout(1) signals its child and at once its
    /// process group, which the child is in.
    /// </summary>
    private static readonly TimeSpan Echo = TimeSpan.FromMilliseconds(50);

    /// <summary>The numbers of all of them on the same systems; SIGHUP, SIGINT and SIGTERM among them.</summary>
    private static readonly int[] Numbers = [1, 2, 10, 12, 15, 24, 30];

    private readonly Lock _gate = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly List<PosixSignal> _waiting = [];
    private readonly TaskCompletionSource _interrupted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Func<bool> _isTerminalThere;
    private readonly TimeProvider _time;
    private (PosixSignal Signal, long At) _lastInterrupt;
    private bool _hadTerminal;
    private RunSignals? _run;
    private bool _isLeftToSystem;
    private bool _hadRun;
    private int _interrupts;

    /// <param name="isTerminalThere">Whether the terminal that the process was started from is still there.</param>
    /// <param name="time">When signals come; the system's unless given.</param>
    public ProcessSignals(Func<bool>? isTerminalThere = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _isTerminalThere = isTerminalThere ?? ControllingTerminal.IsThere;
        _hadTerminal = isTerminalThere is not null && isTerminalThere();
    }

    /// <summary>Takes the signals of this process. A hang-up that whoever started it had ignored (nohup) stays ignored.</summary>
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

    /// <summary>Has signals do nothing in the moments that are left to the process.</summary>
    public void Dispose()
    {
        if (_registrations.Count > 0) Signal.Ignore(Numbers);
        GC.KeepAlive(_registrations);
    }

    /// <summary>There will be no run: an interrupt and a hang-up end the process as they do without a handler, those that came too.</summary>
    public void LeaveToSystem()
    {
        lock (_gate)
        {
            _isLeftToSystem = true;
            if (_waiting.Find(s => s is not UserSignal1) is not 0 and var signal) Environment.Exit(128 + NumberOf(signal));
        }
    }

    /// <summary>Does what must be done before there is a run, which may wait for others: for a pipe's other end, for a long compilation.</summary>
    /// <param name="patience">How long it may still take after an interrupt.</param>
    /// <exception cref="InterruptedException">An interrupt came, and it was not done by then.</exception>
    public async Task<T> Await<T>(Func<T> start, TimeSpan patience)
    {
        var starting = Task.Run(start);
        if (await Task.WhenAny(starting, _interrupted.Task) != starting) await Task.WhenAny(starting, Task.Delay(patience));
        return starting.IsCompleted ? await starting : throw new InterruptedException();
    }

    /// <summary>From here on a run answers, at once to what came before.</summary>
    /// <returns>Ends that.</returns>
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

    /// <returns>False where the system is to do what it does without a handler.</returns>
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
        if (signal is PosixSignal.SIGINT or PosixSignal.SIGTERM) lock (_gate) _lastInterrupt = default;
        return true;
    }

    /// <summary>
    /// What says that the process must go, and says it more than once: a hang-up because the terminal was closed, not so that rules are read
    /// again; the end of the processor's time; the end of the power. A number that no signal has.
    /// </summary>
    private const PosixSignal Leave = (PosixSignal)(-1000);

    private bool IsEcho(PosixSignal signal)
    {
        if (signal is not (PosixSignal.SIGINT or PosixSignal.SIGTERM)) return false;
        var now = _time.GetTimestamp();
        var (last, at) = _lastInterrupt;
        if (signal == last && _time.GetElapsedTime(at, now) < Echo) return true;
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

    private static void Answer(RunSignals run, PosixSignal signal)
    {
        switch (signal)
        {
            case PosixSignal.SIGHUP: _ = run.ReloadRules(); break;
            case UserSignal1: run.PrintCounts(); break;
            case Leave: run.Leave(); break;
            default: run.Interrupt(); break;
        }
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

/// <summary>An interrupt came before the run was there, and what was waited for did not come.</summary>
internal sealed class InterruptedException() : Exception("interrupted before the run began; nothing was read");
