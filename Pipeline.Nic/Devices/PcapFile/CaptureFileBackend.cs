namespace Pipeline.Nic.Devices.PcapFile;

/// <summary>Opens a <see cref="CaptureFileNic"/>.</summary>
internal sealed class CaptureFileBackend : IBackend
{
    public string Name => "file";

    public SourceTraits Traits => SourceTraits.Capture;

    public bool Opens(SourceOptions source) => source.File is not null;

    public INic Open(SourceOptions source) => source.LaterFiles.Count == 0
        ? CaptureFileNic.Open(source.File!, source.Pool.PageBytes, source.Pool.Pages)
        : CaptureFileNic.OpenAll([source.File!, .. source.LaterFiles], source.Pool.PageBytes, source.Pool.Pages);
}
