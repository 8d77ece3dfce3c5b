namespace Pipeline.Host.Commands.Consumers;

/// <summary><c>pipeline consumers</c>: the consumers of a running pipeline.</summary>
internal sealed class ConsumersCommand() : VerbGroup(
    "consumers",
    "see the consumers of a running pipeline and what they gathered, and have them pause, go on, begin anew or be more",
    new ConsumersListCommand(),
    new ConsumersTellCommand("pause", "have a consumer stop taking packets; its routes' overload policy applies once its share is full"),
    new ConsumersTellCommand("resume", "have a paused consumer go on"),
    new ConsumersTellCommand(ConsumersTellCommand.CloseBreaker, "have the routes to a consumer take packets again that opened because too many were dropped"),
    new ConsumersTellCommand("restart", "have a consumer's handler made anew; bundles that wait for it are kept"),
    new ConsumersScaleCommand(),
    new ConsumersReportCommand());
