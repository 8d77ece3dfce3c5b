using System.Security.Cryptography;
using System.Text;
using Pipeline.Actors.Configuration;

namespace Pipeline.Host.Server;

/// <summary>The tokens that the server knows, and what each of them permits. Any thread.</summary>
internal sealed class Tokens
{
    private readonly IReadOnlyList<(byte[] Digest, Caller Caller)> _known;

    public Tokens(DashboardOptions options) =>
        _known = [.. WithoutName(options.ChangeToken, Right.Change), .. WithoutName(options.ReadToken, Right.Read), .. options.Tokens.Select(t => (Digest(t.Value), Of(t)))];

    public bool IsEmpty => _known.Count == 0;

    /// <summary>
    /// Finds who shows a token. Every one that is known is compared, and digests have one length, so the time that this takes tells nothing
    /// about any of them.
    /// </summary>
    /// <param name="token">What was sent; null for nothing.</param>
    /// <returns>Null for a token that nobody has.</returns>
    public Caller? Find(string? token)
    {
        if (token is null) return null;
        var given = Digest(token);
        Caller? found = null;
        foreach (var (digest, caller) in _known)
        {
            var isSame = CryptographicOperations.FixedTimeEquals(given, digest);
            if (isSame && found is null) found = caller;
        }

        return found;
    }

    private static IEnumerable<(byte[], Caller)> WithoutName(string? token, Right right) => token is null ? [] : [(Digest(token), new Caller(null, [right]))];

    private static Caller Of(DashboardToken token) => new(token.Name, [.. token.Rights.Select(r => r switch
    {
        DashboardRight.Read => Right.Read,
        DashboardRight.Capture => Right.Capture,
        _ => Right.Change,
    }).Order()]);

    private static byte[] Digest(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}

/// <summary>Whoever showed a token. A feature of the request.</summary>
/// <param name="Name">The token's name; null for a token that has none.</param>
/// <param name="Rights">What it permits, in the order of <see cref="Right"/>.</param>
internal sealed record Caller(string? Name, IReadOnlyList<Right> Rights)
{
    public string InWords => $"{(Name is null ? "this token" : $"the token {Name}")} may {string.Join(" and ", Rights.Select(Word))}";

    public bool May(Right right) => Rights.Contains(right) || Rights.Contains(Right.Change);

    public static string Word(Right right) => right.ToString().ToLowerInvariant();
}
