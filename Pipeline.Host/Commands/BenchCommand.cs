namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench</c>: what parts of the program cost on this machine.</summary>
internal sealed class BenchCommand() : VerbGroup("bench", "measure on this machine", new BenchClassifyCommand(), new BenchHandoffCommand());
