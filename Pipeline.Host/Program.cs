using Pipeline.Host;
using Pipeline.Host.Commands;

return await new CommandLine(Terminal.OfThisProcess(), new Parts()).Execute(args);
