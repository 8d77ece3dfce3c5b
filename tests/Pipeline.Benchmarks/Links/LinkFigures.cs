namespace Pipeline.Benchmarks.Links;

/// <summary>One run.</summary>
/// <param name="Gigabytes">Gigabytes (10^9) of packets a second, without headers.</param>
/// <param name="Megapackets">Million packets a second; 0 where there are none.</param>
/// <param name="SenderCpu">CPU seconds of the sending thread for each gigabyte.</param>
/// <param name="ReceiverCpu">The same of the receiving thread, which also looks at every packet and disposes every bundle.</param>
/// <param name="FeederCpu">The same of the thread that fills bundles, which is no part of the link.</param>
internal sealed record LinkFigures(double Gigabytes, double Megapackets, double SenderCpu, double ReceiverCpu, double FeederCpu);
