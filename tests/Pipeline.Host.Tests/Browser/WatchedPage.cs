using System.Collections.Concurrent;
using Deque.AxeCore.Playwright;
using Microsoft.Playwright;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>A page, everything that it asks for from elsewhere, and everything that goes wrong in it.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private static readonly string[] Grave = ["serious", "critical"];

    private readonly IBrowserContext _context;
    private readonly ConcurrentQueue<string> _troubles = [];

    private WatchedPage(IBrowserContext context, IPage page, string url)
    {
        _context = context;
        Page = page;
        page.Console += (_, said) =>
        {
            if (said.Type is "error" or "warning") _troubles.Enqueue($"console: {said.Text}");
        };
        page.PageError += (_, error) => _troubles.Enqueue($"error: {error}");
        page.Request += (_, request) =>
        {
            if (!request.Url.StartsWith(url, StringComparison.Ordinal) && !request.Url.StartsWith("data:", StringComparison.Ordinal)) _troubles.Enqueue($"asks elsewhere: {request.Url}");
        };
    }

    public IPage Page { get; }

    /// <summary>What was written to the console, thrown, or asked from another server.</summary>
    public IReadOnlyCollection<string> Troubles => _troubles;

    public ILocator Headline => Page.Locator("#headline");

    public static async Task<WatchedPage> Open(IBrowserContext context, string url)
    {
        var watched = new WatchedPage(context, await context.NewPageAsync(), url);
        await watched.Page.GotoAsync(url);
        return watched;
    }

    /// <summary>Goes to one of its pages, and waits until figures are shown there.</summary>
    public async Task Go(string name)
    {
        await Page.EvaluateAsync("hash => { location.hash = hash; }", $"#/{name}");
        await Assertions.Expect(Page.Locator("main h2.title")).ToHaveTextAsync(name.Split('/')[0], new() { IgnoreCase = true });
        await Assertions.Expect(Page.Locator("#freshness")).ToContainTextAsync("updated");
    }

    public ILocator Button(string name) => Page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The row of a table in which a text stands.</summary>
    public ILocator Row(string table, string text) =>
        Page.GetByRole(AriaRole.Table, new() { Name = table, Exact = true }).GetByRole(AriaRole.Row).Filter(new() { HasText = text });

    /// <summary>What would keep people from using it who cannot see it well, or use no mouse.</summary>
    public async Task<IEnumerable<string>> Barriers() =>
        (await Page.RunAxe()).Violations.Where(v => Grave.Contains(v.Impact)).Select(v => $"{v.Id}: {string.Join(" | ", v.Nodes.Select(n => n.Html))}");

    /// <summary>Waits until nothing is wider than the window: charts follow its width a frame later.</summary>
    public async Task Fits(string what)
    {
        try
        {
            await Page.WaitForFunctionAsync("document.documentElement.scrollWidth <= innerWidth", null, new() { Timeout = 5000 });
        }
        catch (TimeoutException)
        {
            Assert.Fail($"{what} is wider than its window");
        }
    }

    public Task Picture(string name) => Page.ScreenshotAsync(new() { Path = Path.Combine(Chromium.Pictures, name + ".png"), FullPage = true });

    public async ValueTask DisposeAsync()
    {
        await _context.CloseAsync();
        await _context.DisposeAsync();
    }
}
