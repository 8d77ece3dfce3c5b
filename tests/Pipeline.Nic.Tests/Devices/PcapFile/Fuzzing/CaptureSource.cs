using System.IO.Pipes;
using Microsoft.Win32.SafeHandles;
using Pipeline.Nic.Devices.PcapFile;

namespace Pipeline.Nic.Tests.Devices.PcapFile.Fuzzing;

/// <summary>Where the reader gets a capture's bytes from: a file in memory that is written anew for each, or a pipe.</summary>
internal sealed class CaptureSource : IDisposable
{
    private static readonly TimeSpan PipePatience = TimeSpan.FromSeconds(20);

    private readonly string _path;
    private readonly SafeFileHandle _file;
    private AnonymousPipeServerStream? _pipe;
    private CancellationTokenSource? _patience;
    private SpecifiedCapture? _capture;
    private int _written;

    /// <param name="folder">Where the file lies.</param>
    public CaptureSource(string folder)
    {
        _path = Path.Combine(folder, "capture");
        _file = File.OpenHandle(_path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
    }

    /// <summary>Bytes that go into the pipe at a time; 0 for a file.</summary>
    public int Chunk { get; set; }

    /// <summary>Ends the wait for a header that should be there.</summary>
    public CancellationToken Patience => _patience?.Token ?? CancellationToken.None;

    public CaptureInput Open(SpecifiedCapture capture)
    {
        _capture = capture;
        if (Chunk == 0)
        {
            RandomAccess.Write(_file, capture.Bytes.AsSpan(0, capture.Length), 0);
            RandomAccess.SetLength(_file, capture.Length);
            return CaptureInput.Open(_path);
        }

        _patience = new CancellationTokenSource(PipePatience);
        _pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        // By the process's number: what is named by /proc/self has to be a descriptor that the process was given.
        var input = CaptureInput.Open($"/proc/{Environment.ProcessId}/fd/{_pipe.ClientSafePipeHandle.DangerousGetHandle()}");
        _pipe.DisposeLocalCopyOfClientHandle();
        _written = 0;

        // The reader waits for the header without letting go of the thread.
        Write(capture.HeaderEnd == 0 ? capture.Length : capture.HeaderEnd);
        if (capture.HeaderEnd == 0) ClosePipe();
        return input;
    }

    /// <summary>The header has been read, or has been found to be broken.</summary>
    public void HeaderIsRead()
    {
        _patience?.Dispose();
        _patience = null;
    }

    /// <summary>Writes on, or lets the pipe end.</summary>
    /// <returns>Whether the reader had to wait for it.</returns>
    public bool WriteMore()
    {
        if (_pipe is null)
        {
            // A process that another test is starting may have the writing end too, until it runs its own program.
            Thread.Yield();
            return Chunk > 0;
        }

        if (_written < _capture!.Length) Write(Math.Min(Chunk, _capture.Length - _written));
        else ClosePipe();
        return true;
    }

    public void Dispose()
    {
        HeaderIsRead();
        ClosePipe();
        _file.Dispose();
    }

    private void Write(int count)
    {
        _pipe!.Write(_capture!.Bytes, _written, count);
        _written += count;
    }

    private void ClosePipe()
    {
        _pipe?.Dispose();
        _pipe = null;
    }
}
