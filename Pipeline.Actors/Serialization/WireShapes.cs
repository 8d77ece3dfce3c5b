using System.Reflection;
using System.Text;

namespace Pipeline.Actors.Serialization;

/// <summary>Moves over one value, and refuses bytes that are none of its kind.</summary>
internal delegate void WireWalk(ref WireCursor cursor);

/// <summary>
/// What the bytes of each wire type look like. It is read off the types once, and refuses types that must not travel. Any thread, once made.
/// </summary>
internal sealed class WireShapes
{
    private const byte Text = 7;
    private const byte Bytes = 9;
    private const byte Array = 252;

    /// <summary>
    /// Numbers and ids: their manifests (the constant <c>Manifest</c> of each value serializer of Hyperion 0.12.2) and sizes in bytes.
    /// </summary>
    private static readonly Dictionary<Type, (byte Manifest, int Size)> Plain = new()
    {
        [typeof(bool)] = (6, 1),
        [typeof(byte)] = (4, 1),
        [typeof(short)] = (3, 2),
        [typeof(ushort)] = (17, 2),
        [typeof(int)] = (8, 4),
        [typeof(uint)] = (18, 4),
        [typeof(long)] = (2, 8),
        [typeof(ulong)] = (19, 8),
        [typeof(double)] = (13, 8),
        [typeof(Guid)] = (11, 16),
    };

    private readonly List<Type> _list;
    private readonly Dictionary<Type, WireWalk?> _walks = [];

    /// <summary>By the type of the array: its name is one object, by which a cursor knows it again.</summary>
    private readonly Dictionary<Type, byte[]> _names = [];

    /// <exception cref="ArgumentException">One of the types must not travel; the message says why.</exception>
    public WireShapes(WireTypes types)
    {
        _list = [.. types.List.Select(t => t.Type)];
        foreach (var type in _list) WalkOf(type);
    }

    /// <summary>The fields of a record, in the order in which they travel: that of their names, as numbers (ordinal).</summary>
    public static FieldInfo[] FieldsOf(Type record) =>
    [
        .. record.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).OrderBy(f => f.Name, StringComparer.Ordinal),
    ];

    /// <summary>An array's name on the wire.</summary>
    public static string NameOf(Type array) => $"{array.FullName}, {array.Assembly.GetName().Name}";

    /// <summary>Moves over a message of a type of the list, from its first byte to the last.</summary>
    /// <exception cref="WireRefusedException">The bytes are not those of such a message, or more bytes follow.</exception>
    public void Check(Type message, ReadOnlySpan<byte> bytes)
    {
        var cursor = new WireCursor(bytes);
        WalkOf(message)(ref cursor);
        cursor.End();
    }

    /// <summary>A type of the list: its number, then what it has.</summary>
    private WireWalk WalkOf(Type type)
    {
        if (_walks.TryGetValue(type, out var known)) return known ?? throw Refused(type, "it refers to itself");
        var number = _list.IndexOf(type);
        if (number < 0) throw Refused(type, "it is not in the list of wire types");
        // Null stands for a type whose fields are being looked at.
        _walks[type] = null;
        return _walks[type] = type.IsEnum ? Enum(type, number) : Record(type, number);
    }

    private WireWalk Record(Type type, int number)
    {
        if (!type.IsClass || !type.IsSealed || type.IsGenericType || type.BaseType != typeof(object))
            throw Refused(type, "it is not a sealed record without a base");
        var steps = FieldsOf(type).Select(f => (Name: $"{type.Name}.{PropertyOf(f)}", Walk: Field(f.FieldType))).ToArray();
        return (ref WireCursor cursor) =>
        {
            cursor.TakeNumber(number);
            foreach (var (name, walk) in steps)
            {
                cursor.Field = name;
                walk(ref cursor);
            }
        };
    }

    private static WireWalk Enum(Type type, int number)
    {
        if (System.Enum.GetUnderlyingType(type) != typeof(byte)) throw Refused(type, "it is an enum that is not of one byte");
        var values = System.Enum.GetValuesAsUnderlyingType(type).Cast<byte>().ToHashSet();
        return (ref WireCursor cursor) =>
        {
            cursor.TakeNumber(number);
            var value = cursor.TakeByte();
            if (!values.Contains(value)) throw cursor.NotItsShape($"is {value}, which is no {type.Name}");
        };
    }

    private WireWalk Field(Type type)
    {
        if (type == typeof(byte[])) return TakeBytes;
        if (type.IsSZArray) return ArrayOf(type);
        return Value(type) ?? WalkOf(type);
    }

    /// <returns>What stands in a record without a manifest; null for other types.</returns>
    private static WireWalk? Value(Type type)
    {
        if (type == typeof(string)) return static (ref WireCursor cursor) => cursor.TakeText();
        if (type == typeof(bool)) return TakeBool;
        if (!Plain.TryGetValue(type, out var plain)) return null;
        return (ref WireCursor cursor) => cursor.Take(plain.Size);
    }

    private WireWalk ArrayOf(Type array)
    {
        var element = array.GetElementType()!;
        if (Value(element) is { } value)
        {
            var manifest = element == typeof(string) ? Text : Plain[element].Manifest;
            return (ref WireCursor cursor) =>
            {
                cursor.TakeManifest(Array);
                cursor.TakeManifest(manifest);
                TakeAll(ref cursor, value);
            };
        }

        var walk = WalkOf(element);
        if (!_names.TryGetValue(array, out var name)) _names[array] = name = Encoding.UTF8.GetBytes(NameOf(array));
        return (ref WireCursor cursor) =>
        {
            cursor.TakeName(name, _list.Count);
            TakeAll(ref cursor, walk);
        };
    }

    private static void TakeAll(ref WireCursor cursor, WireWalk element)
    {
        for (var left = cursor.TakeCount(); left > 0; left--) element(ref cursor);
    }

    private static void TakeBytes(ref WireCursor cursor)
    {
        cursor.TakeManifest(Bytes);
        cursor.Take(cursor.TakeCount());
    }

    private static void TakeBool(ref WireCursor cursor)
    {
        if (cursor.TakeByte() is var value and > 1) throw cursor.NotItsShape($"is {value}, which is neither true nor false");
    }

    /// <summary>The compiler calls the field of the property X <c>&lt;X&gt;k__BackingField</c>.</summary>
    private static string PropertyOf(FieldInfo field) => field.Name.Split('<', '>') is [_, var name, _] ? name : field.Name;

    private static ArgumentException Refused(Type type, string why) => new($"{type.Name} must not travel between nodes: {why}.");
}
