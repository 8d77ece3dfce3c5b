using System.Globalization;
using System.Net;
using Pipeline.Actors.Captures;

namespace Pipeline.Host.Remote;

/// <summary>Taps of a running pipeline.</summary>
internal sealed class NodeTap(NodeClient node, CaptureRequest wanted)
{
    /// <summary>Finds out whether a tap would be given.</summary>
    /// <exception cref="NodeException">It would not, and why.</exception>
    public async Task Check()
    {
        try
        {
            await node.Tell(HttpMethod.Head, Path([]));
        }
        catch (NodeException)
        {
            // An answer to HEAD has no words.
            using var tap = await Open();
        }
    }

    /// <param name="own">Connections to leave out, besides those that are always left out.</param>
    /// <param name="stop">Gives up.</param>
    /// <exception cref="NodeException">There is no answer, or it is a refusal.</exception>
    public async Task<NodeStream> Open(IEnumerable<CaptureConnection>? own = null, CancellationToken stop = default)
    {
        try
        {
            return await node.Open(Path(own ?? []), stop);
        }
        catch (NodeException refusal) when (refusal.Problem?.Status == (int)HttpStatusCode.UnprocessableEntity)
        {
            throw new NodeException(refusal.Message, ExitCodes.InvalidInput, refusal.Problem, refusal);
        }
    }

    /// <summary>Has a tap end with what it has. Its reader reads on to its end.</summary>
    public Task End(NodeStream tap) => tap.Name is { } name ? node.Tell(HttpMethod.Delete, $"api/v1/captures/{Uri.EscapeDataString(name)}") : Task.CompletedTask;

    private string Path(IEnumerable<CaptureConnection> own)
    {
        List<(string Name, string Value)> query = [("at", wanted.At.ToString())];
        if (wanted.Filter.Length > 0) query.Add(("filter", wanted.Filter));
        if (wanted.Packets > 0) query.Add(("packets", wanted.Packets.ToString(CultureInfo.InvariantCulture)));
        if (wanted.SnapLength > 0) query.Add(("snaplen", wanted.SnapLength.ToString(CultureInfo.InvariantCulture)));
        query.AddRange(wanted.Except.Concat(own).Select(c => ("except", c.With is { } with ? $"{c.At},{with}" : $"{c.At}")));
        return "api/v1/tap?" + string.Join('&', query.Select(q => $"{q.Name}={Uri.EscapeDataString(q.Value)}"));
    }
}
