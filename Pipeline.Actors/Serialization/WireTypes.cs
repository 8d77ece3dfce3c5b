using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.Actors.Cluster.Wire;

namespace Pipeline.Actors.Serialization;

/// <summary>
/// The list of all types that travel between nodes. A type's place in it stands in the bytes, so the list only grows, at its end, and no
/// entry changes. Immutable; any thread.
/// </summary>
internal sealed class WireTypes
{
    private const int Small = 8 * 1024;

    /// <summary>
    /// Three quarters of a frame's limit in hocon/cluster.conf: some 2400 instances of groups with names of 20 characters, 40 bytes each.
    /// </summary>
    private const int Large = 96 * 1024;

    /// <summary>
    /// The register of rules goes as text in base 64 in the messages of Akka's replicator, of which one frame must take the whole.
    /// </summary>
    public const int Register = 48 * 1024;

    private readonly Dictionary<string, WireType> _byName;
    private readonly Dictionary<Type, WireType> _byType;

    /// <exception cref="ArgumentException">A name or a type is there twice.</exception>
    public WireTypes(IReadOnlyList<WireType> list)
    {
        List = list;
        _byName = list.ToDictionary(t => t.Name, StringComparer.Ordinal);
        _byType = list.ToDictionary(t => t.Type);
        Hash = HashOf(list);
    }

    /// <summary>What this version speaks. Append to it; a changed record is a new record with a new name.</summary>
    public static WireTypes All { get; } = new(
    [
        new("hello1", typeof(NodeHello), Small),
        new("welcome1", typeof(NodeWelcome), Small),
        new("refused1", typeof(NodeRefused), Small),
        new("kind1", typeof(InstanceKind)),
        new("offer1", typeof(InstanceOffer)),
        new("offers1", typeof(NodeOffers), Large),
        new("generation1", typeof(AgreedGeneration)),
        new("agreed1", typeof(AgreedRules), Register),
        new("ruleverb1", typeof(RuleVerb)),
        new("ruleask1", typeof(RuleAsk), Small),
        new("ruleheld1", typeof(RuleHeld), Small),
        new("rulego1", typeof(RuleGo), Small),
        new("rulekind1", typeof(RuleReplyKind)),
        new("rulereply1", typeof(RuleReply), Small),
        new("noderules1", typeof(NodeRunsRules), Small),
        new("textask1", typeof(TextAsk), Small),
        new("textpiece1", typeof(TextPiece), Large),
    ]);

    /// <summary>The entries in the order of their numbers on the wire, from 0 on.</summary>
    public IReadOnlyList<WireType> List { get; }

    /// <summary>
    /// Two nodes with the same hash have the same types, with the same fields, in the same order. It is the same in every process: the
    /// first eight bytes, big-endian, of the SHA-256 of the list in words.
    /// </summary>
    public ulong Hash { get; }

    /// <returns>The message of that name; null where there is none.</returns>
    public WireType? MessageNamed(string name) => _byName.GetValueOrDefault(name) is { IsMessage: true } found ? found : null;

    /// <returns>The message of exactly that type; null where there is none.</returns>
    public WireType? MessageOf(Type type) => _byType.GetValueOrDefault(type) is { IsMessage: true } found ? found : null;

    private static ulong HashOf(IReadOnlyList<WireType> list)
    {
        var words = new StringBuilder();
        foreach (var type in list) words.Append(CultureInfo.InvariantCulture, $"{type.Name} {type.Type.FullName}: {Shape(type.Type)}\n");
        return BinaryPrimitives.ReadUInt64BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(words.ToString())));
    }

    private static string Shape(Type type) => string.Join(", ", type.IsEnum
        ? Enum.GetNames(type).Select(n => $"{n} = {Enum.Format(type, Enum.Parse(type, n), "d")}")
        : WireShapes.FieldsOf(type).Select(f => $"{f.FieldType.FullName} {f.Name}"));
}
