namespace Pipeline.Host.Commands;

/// <summary><c>pipeline bench</c>: measures the cost of parts of the program on this machine.</summary>
internal sealed class BenchCommand() : VerbGroup("bench", "measure on this machine", new BenchClassifyCommand(), new BenchHandoffCommand(), new BenchLiveCommand());
