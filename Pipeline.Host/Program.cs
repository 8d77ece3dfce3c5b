using Pipeline.Host;
using Pipeline.Host.Commands;

return await new CommandLine(Terminal.OfThisProcess(plain: args.Contains("--no-color")), new Parts()).Execute(args);
