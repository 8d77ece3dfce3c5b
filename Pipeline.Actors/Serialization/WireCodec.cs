using Hyperion;
using Pipeline.Nic.Diagnostics;

namespace Pipeline.Actors.Serialization;

/// <summary>Messages to bytes and back, for the types of one list. Any thread.</summary>
/// <remarks>
/// Hyperion does the work. It trusts the bytes it is given: it allocates what a length in them says, fills in what is missing at their end
/// with what it read before, and makes whatever type they name. Therefore all bytes are first compared with the shape of the one type that
/// they must be (<see cref="WireShapes"/>), and after writing too, which finds nulls and values that no enum has.
/// </remarks>
internal sealed class WireCodec
{
    private static readonly Lazy<WireCodec> OfAll = new(() => new WireCodec(WireTypes.All));

    private readonly WireTypes _types;
    private readonly WireShapes _shapes;
    private readonly Serializer _library;

    /// <exception cref="ArgumentException">One of the types must not travel.</exception>
    public WireCodec(WireTypes types)
    {
        _types = types;
        _shapes = new WireShapes(types);
        _library = LibraryFor(types);
    }

    /// <summary>The codec of <see cref="WireTypes.All"/>.</summary>
    public static WireCodec Shared => OfAll.Value;

    /// <returns>The type of a message.</returns>
    /// <exception cref="WireRefusedException">It is none of the list.</exception>
    public WireType TypeOf(object message) => _types.MessageOf(message.GetType())
        ?? throw new WireRefusedException(WireRefusalReason.UnknownType, $"{message.GetType().Name} is not in the list of wire types.");

    /// <returns>The message's bytes, which are the caller's.</returns>
    /// <exception cref="WireRefusedException">The type is none of the list, a value in it must not travel, or it is too long.</exception>
    public byte[] Encode(object message)
    {
        var type = TypeOf(message);
        var stream = new MemoryStream();
        Guarded(type, () =>
        {
            _library.Serialize(message, stream);
            return message;
        });
        var bytes = stream.ToArray();
        _shapes.Check(type.Type, bytes);
        CheckLength(type, bytes.Length);
        return bytes;
    }

    /// <returns>The message.</returns>
    /// <exception cref="WireRefusedException">The name is none of the list, or the bytes are not those of such a message.</exception>
    public object Decode(byte[] bytes, string name)
    {
        var type = _types.MessageNamed(name)
            ?? throw new WireRefusedException(WireRefusalReason.UnknownType, $"{Quoted.Short(name)} is not in the list of wire types.");
        CheckLength(type, bytes.Length);
        _shapes.Check(type.Type, bytes);
        var stream = new MemoryStream(bytes, writable: false);
        var message = Guarded(type, () => _library.Deserialize<object>(stream));
        // The library and the shapes must have read the same.
        if (message.GetType() != type.Type || stream.Position != stream.Length) throw Failed(type, null);
        return message;
    }

    private static void CheckLength(WireType type, int bytes)
    {
        if (bytes <= type.MostBytes) return;
        var why = $"{type.Name} has {bytes} bytes, and at most {type.MostBytes} are allowed.";
        throw new WireRefusedException(WireRefusalReason.TooLong, why);
    }

    private static object Guarded(WireType type, Func<object> act)
    {
        try
        {
            return act();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw Failed(type, e);
        }
    }

    private static WireRefusedException Failed(WireType type, Exception? inner)
    {
        var because = inner is null ? "" : ": " + Quoted.Short(inner.Message, 200);
        return new WireRefusedException(WireRefusalReason.LibraryFailed, $"The library for messages failed on {type.Name}{because}.", inner);
    }

    private static Serializer LibraryFor(WireTypes types) => new(new SerializerOptions(
        versionTolerance: false,
        preserveObjectReferences: false,
        surrogates: null,
        serializerFactories: null,
        knownTypes: types.List.Select(t => t.Type),
        ignoreISerializable: true,
        packageNameOverrides: null,
        disallowUnsafeTypes: true,
        typeFilter: new WireTypeFilter(types)));
}
