using System.Net;
using Pipeline.Actors;
using Pipeline.Actors.Configuration;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Host.Running;

/// <summary>
/// Opens the server before the run, so that an address in use is noticed before anything has been created. An address that somebody asked
/// for is used or is an error. Of the default only the port may be another, because a second run beside a first must work.
/// </summary>
internal static class DashboardStart
{
    /// <summary>The ports tried, from the usual one on.</summary>
    private const int MostPorts = 20;

    /// <param name="isServedUnlessOff">Whether there is to be a server even if the source asks for none.</param>
    /// <param name="say">Gets a line for the user.</param>
    /// <returns>Null for no server.</returns>
    /// <exception cref="UsageException">The address is open to others without what that takes.</exception>
    /// <exception cref="InvalidInputException">The certificate cannot be used.</exception>
    /// <exception cref="DashboardException">Nobody can listen on the address that was asked for.</exception>
    public static async Task<IDashboard?> Open(PipelineSetup setup, bool isServedUnlessOff, Parts parts, Action<string> say)
    {
        var options = setup.Options.Dashboard;
        if ((options.Address is null && isServedUnlessOff ? DashboardOptions.Usual : options.For(setup.Nic.Traits)) is not { } address) return null;
        try
        {
            var opened = options.Address is null ? await OpenUsual(options, parts, say) : await parts.OpenDashboard(address, options);
            if (opened.Warning is { } warning) say($"warning: {warning}");
            return opened;
        }
        catch (DashboardException error) when (options.Address is null)
        {
            say($"warning: {error.Message}; going on without");
            return null;
        }
    }

    private static async Task<IDashboard> OpenUsual(DashboardOptions options, Parts parts, Action<string> say)
    {
        var usual = DashboardOptions.Usual;
        var last = usual.Port + MostPorts - 1;
        for (var port = usual.Port; port <= last; port++)
        {
            try
            {
                var opened = await parts.OpenDashboard(new IPEndPoint(usual.Address, port), options);
                if (port != usual.Port) say($"{usual} is taken; the dashboard is at port {port}");
                return opened;
            }
            catch (DashboardException error) when (error.IsTaken)
            {
                // The next port might be free.
            }
        }

        throw new DashboardException($"{usual.Address}: all ports from {usual.Port} to {last} are taken", isTaken: true);
    }
}
