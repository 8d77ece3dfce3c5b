using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Running;

/// <summary>Finds conflicts of a run's outputs before any of them is created.</summary>
internal static class Outputs
{
    /// <exception cref="UsageException">Standard output is needed for two things, or is a terminal.</exception>
    public static void Check(PipelineOptions options, bool json, bool outIsTerminal, bool counts = false)
    {
        var toOut = options.Consumers.Values.Where(c => c.Write == "-").ToList();
        if (toOut.Count > 1) throw new UsageException("two captures cannot both be written to standard output");
        if (toOut.Count > 0 && FlagLayer.Prints(options)) throw new UsageException("--print prints packets to standard output, where the capture is to be written; give -w a file name");
        if (toOut.Count > 0 && counts) throw new UsageException("--count prints the number to standard output, where the capture is to be written; give -w a file name");
        if (toOut.Count > 0 && json) throw new UsageException("--json prints the report to standard output, where the capture is to be written; give -w a file name");
        if (outIsTerminal && toOut.Any(c => c.Kind == ConsumerKind.AfPacket)) throw new UsageException("will not write a capture to a terminal; redirect standard output, or give -w a file name");
    }
}
