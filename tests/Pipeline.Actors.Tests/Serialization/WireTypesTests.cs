using System.Reflection;
using System.Runtime.CompilerServices;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using Xunit;

namespace Pipeline.Actors.Tests.Serialization;

/// <summary>The list of wire types, and every type in their folder.</summary>
public sealed class WireTypesTests
{
    private const string WhatToDo =
        "The list of wire types only grows, at its end. "
        + "A changed record is a new record with a new name in the list, such as hello2; the old one stays.";

    private static readonly HashSet<Type> Plain =
    [
        typeof(bool), typeof(byte), typeof(short), typeof(ushort), typeof(int), typeof(uint), typeof(long), typeof(ulong), typeof(double),
        typeof(Guid), typeof(string),
    ];

    /// <summary>Append to it, as to the list itself; nothing else may change.</summary>
    private static readonly (string Name, Type Type)[] Frozen =
    [
        ("hello1", typeof(NodeHello)),
        ("welcome1", typeof(NodeWelcome)),
        ("refused1", typeof(NodeRefused)),
        ("kind1", typeof(InstanceKind)),
        ("offer1", typeof(InstanceOffer)),
        ("offers1", typeof(NodeOffers)),
        ("generation1", typeof(AgreedGeneration)),
        ("agreed1", typeof(AgreedRules)),
        ("ruleverb1", typeof(RuleVerb)),
        ("ruleask1", typeof(RuleAsk)),
        ("ruleheld1", typeof(RuleHeld)),
        ("rulego1", typeof(RuleGo)),
        ("rulekind1", typeof(RuleReplyKind)),
        ("rulereply1", typeof(RuleReply)),
        ("noderules1", typeof(NodeRunsRules)),
        ("textask1", typeof(TextAsk)),
        ("textpiece1", typeof(TextPiece)),
    ];

    private static IEnumerable<Type> TypesOfTheFolder => typeof(IClusterMessage).Assembly.GetTypes()
        .Where(t => t.Namespace == typeof(IClusterMessage).Namespace && !t.IsInterface && !t.IsDefined(typeof(CompilerGeneratedAttribute)));

    [Fact]
    public void The_list_is_what_it_was() =>
        Assert.True(Frozen.SequenceEqual(WireTypes.All.List.Select(t => (t.Name, t.Type))), WhatToDo);

    [Fact]
    public void The_hash_of_the_list_is_what_it_was() =>
        Assert.True(
            WireTypes.All.Hash == 0xd7510aeb3b91f85d,
            $"The hash of the wire types is 0x{WireTypes.All.Hash:x16}. {WhatToDo} If a type was appended, write the new hash here.");

    [Theory]
    [MemberData(nameof(WireSamples.Frozen), MemberType = typeof(WireSamples))]
    public void The_bytes_of_a_message_are_what_they_were(object message, string manifest, string bytes)
    {
        Assert.Equal(manifest, WireCodec.Shared.TypeOf(message).Name);
        var written = Convert.ToHexString(WireCodec.Shared.Encode(message)).ToLowerInvariant();
        Assert.True(bytes == written, $"{message.GetType().Name} is written as {written}. {WhatToDo}");
    }

    [Fact]
    public void Every_message_of_the_list_has_frozen_bytes() =>
        Assert.Equal(
            WireTypes.All.List.Where(t => t.IsMessage).Select(t => t.Type),
            WireSamples.Messages.Select(m => m.GetType()));

    [Fact]
    public void Every_type_of_the_folder_is_in_the_list_and_no_other() =>
        Assert.Equal(
            TypesOfTheFolder.Select(t => t.Name).Order(),
            WireTypes.All.List.Select(t => t.Type.Name).Order());

    [Fact]
    public void What_travels_by_itself_is_what_is_marked_as_a_message() =>
        Assert.All(WireTypes.All.List, t => Assert.Equal(t.Type.IsAssignableTo(typeof(IClusterMessage)), t.IsMessage));

    [Fact]
    public void Every_type_of_the_folder_is_sealed() => Assert.All(TypesOfTheFolder, t => Assert.True(t.IsSealed, t.Name));

    [Fact]
    public void Every_field_is_a_number_a_text_an_id_an_enum_bytes_or_an_array_of_those_or_of_parts_in_the_list() =>
        Assert.Empty(TypesOfTheFolder.Where(t => !t.IsEnum).SelectMany(FieldsOf)
            .Where(f => !MayBeAField(f.FieldType)).Select(f => $"{f.DeclaringType}.{f.Name}"));

    [Fact]
    public void No_type_reaches_itself() => Assert.All(TypesOfTheFolder, t => Assert.DoesNotContain(t, Reached(t)));

    [Fact]
    public void Another_order_other_names_and_other_fields_have_other_hashes()
    {
        WireType first = new("first1", typeof(NodeRefused), 100), second = new("second1", typeof(NodeWelcome), 100);
        ulong[] hashes =
        [
            new WireTypes([first, second]).Hash,
            new WireTypes([second, first]).Hash,
            new WireTypes([first]).Hash,
            new WireTypes([first with { Name = "first2" }, second]).Hash,
            new WireTypes([first with { Type = typeof(InstanceOffer) }, second]).Hash,
        ];

        Assert.Equal(hashes.Length, hashes.Distinct().Count());
    }

    private static FieldInfo[] FieldsOf(Type type) => type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic);

    private static bool MayBeAField(Type type) =>
        Plain.Contains(type)
        || (type.IsSZArray && (Plain.Contains(type.GetElementType()!) || Frozen.Any(t => t.Type == type.GetElementType())))
        || Frozen.Any(t => t.Type == type);

    /// <summary>All types of ours that a value of this one contains.</summary>
    private static HashSet<Type> Reached(Type type)
    {
        var found = new HashSet<Type>();
        var open = new Stack<Type>([type]);
        while (open.TryPop(out var next))
        {
            var parts = FieldsOf(next).Select(f => f.FieldType.GetElementType() ?? f.FieldType);
            foreach (var part in parts.Where(p => p.Namespace == type.Namespace && found.Add(p))) open.Push(part);
        }

        return found.Where(t => !t.IsEnum).ToHashSet();
    }
}
