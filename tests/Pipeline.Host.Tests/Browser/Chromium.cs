using Microsoft.Playwright;
using Xunit;

namespace Pipeline.Host.Tests.Browser;

/// <summary>One headless Chromium for all browser tests, which is started when the first of them asks for a page.</summary>
[CollectionDefinition(Name)]
public sealed class Chromium : IAsyncLifetime, ICollectionFixture<Chromium>
{
    public const string Name = "browser";

    private readonly Lazy<Task<IBrowser>> _browser;
    private IPlaywright? _playwright;

    public Chromium() => _browser = new(Launch);

    /// <summary>Screenshots are kept here, beside the other results of tests.</summary>
    public static string Pictures { get; } = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "pictures")).FullName;

    /// <summary>A page in a browser profile of its own, where nothing was stored before.</summary>
    public async Task<WatchedPage> Open(string url, ColorScheme theme = ColorScheme.Light)
    {
        var context = await (await _browser.Value).NewContextAsync(new() { ViewportSize = new() { Width = 1200, Height = 900 }, ColorScheme = theme });
        return await WatchedPage.Open(context, url);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        if (_browser.IsValueCreated) await (await _browser.Value).CloseAsync();
        _playwright?.Dispose();
    }

    /// <summary>Debian's, because Playwright's own is not to be had everywhere. Root may not use the sandbox.</summary>
    private async Task<IBrowser> Launch()
    {
        _playwright = await Playwright.CreateAsync();
        return await _playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox"] });
    }
}
