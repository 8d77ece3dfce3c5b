namespace Pipeline.Host.Exporting;

/// <summary>Notes why a collector did not take something. The exporter itself says only that it did not.</summary>
internal sealed class AnswerNotes() : DelegatingHandler(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) })
{
    private volatile string? _problem;

    /// <summary>What was wrong with the last answer, or why there was none; null for nothing. Any thread.</summary>
    public string? Problem => _problem;

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Noted(base.Send(request, cancellationToken));
        }
        catch (Exception error)
        {
            Note(error);
            throw;
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        try
        {
            return Noted(await base.SendAsync(request, cancellationToken));
        }
        catch (Exception error)
        {
            Note(error);
            throw;
        }
    }

    private HttpResponseMessage Noted(HttpResponseMessage answer)
    {
        _problem = answer.IsSuccessStatusCode ? null : $"it answered {(int)answer.StatusCode}";
        return answer;
    }

    private void Note(Exception error) => _problem = error is OperationCanceledException ? "it did not answer in time" : error.GetBaseException().Message.ReplaceLineEndings(" ");
}
