using Pipeline.Host;
using Pipeline.Host.Commands;
using Pipeline.Nic.Linux;

// Before anything asks for the console, at which the runtime decides about signals for good.
Signal.TakeInterrupts();
return await new CommandLine(Terminal.OfThisProcess(plain: args.Contains("--no-color")), new Parts()).Execute(args);
