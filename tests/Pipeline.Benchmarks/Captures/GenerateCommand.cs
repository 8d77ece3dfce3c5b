namespace Pipeline.Benchmarks.Captures;

/// <summary><c>generate small|imix PACKETS SEED FILE</c></summary>
internal static class GenerateCommand
{
    private const int Usage = 2;

    public static int Run(string[] args)
    {
        if (args is not [var mix, var count, var seed, var path]
            || !Enum.TryParse<PacketMix>(mix, ignoreCase: true, out var which)
            || !long.TryParse(count, out var packets) || packets < 0
            || !ulong.TryParse(seed, out var start))
        {
            Console.Error.WriteLine("usage: generate small|imix PACKETS SEED FILE");
            return Usage;
        }

        using var file = Create(path);
        new CaptureGenerator(which, start).Write(file, packets);
        return 0;
    }

    internal static FileStream Create(string path) => new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 1 << 20);
}
