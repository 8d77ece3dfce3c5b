namespace Pipeline.Host.Tests.Server;

/// <summary>Reads server-sent events.</summary>
internal sealed class EventReader : IAsyncDisposable
{
    private readonly HttpResponseMessage _answer;
    private readonly StreamReader _lines;

    private EventReader(HttpResponseMessage answer, Stream body)
    {
        _answer = answer;
        _lines = new StreamReader(body);
    }

    public sealed record Event(string Name, string? Id, string Data);

    public static async Task<EventReader> Open(ServedRun served, string query, params (string Name, string Value)[] headers)
    {
        var answer = (await served.Send(HttpMethod.Get, "/api/v1/stream" + query, null, headers)).EnsureSuccessStatusCode();
        return new EventReader(answer, await answer.Content.ReadAsStreamAsync());
    }

    public async Task<Event> Next() => await NextOrEnd() ?? throw new EndOfStreamException("The stream has ended.");

    public async Task<Event?> NextOrEnd()
    {
        Dictionary<string, string> fields = [];
        while (await _lines.ReadLineAsync().WaitAsync(ServedRun.Patience) is { } line)
        {
            if (line.Split(": ", 2) is [var name, var value]) fields[name] = value;
            else if (line.Length == 0 && fields.TryGetValue("event", out var what)) return new Event(what, fields.GetValueOrDefault("id"), fields["data"]);
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _lines.Dispose();
        _answer.Dispose();
        return ValueTask.CompletedTask;
    }
}
