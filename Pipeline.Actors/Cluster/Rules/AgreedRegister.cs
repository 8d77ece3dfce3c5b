using Akka.DistributedData;
using Pipeline.Actors.Cluster.Wire;
using Pipeline.Actors.Serialization;
using AkkaCluster = Akka.Cluster.Cluster;

namespace Pipeline.Actors.Cluster.Rules;

/// <summary>
/// The register of Akka's distributed data that has the rules the cluster agreed on. Its value is text: the bytes of an
/// <see cref="AgreedRules"/> in base 64. So no type of ours is named to Akka's serializer, two equal values are equal, and a value that is
/// none is found out here.
/// </summary>
internal static class AgreedRegister
{
    public static readonly LWWRegisterKey<string> Key = new("pipeline-rules");

    /// <summary>How long a write waits for all members. A write that was not confirmed in that time has happened nevertheless.</summary>
    public static readonly TimeSpan WritePatience = TimeSpan.FromSeconds(2);

    public static Subscribe Subscription(Akka.Actor.IActorRef subscriber) => Dsl.Subscribe(Key, subscriber);

    /// <summary>How long a read waits for other members.</summary>
    private static readonly TimeSpan ReadPatience = TimeSpan.FromSeconds(3);

    public static Get Reading() => Dsl.Get(Key, new ReadMajority(ReadPatience));

    /// <summary>A read that says only that nothing is there if no member has it. A majority can be new.</summary>
    public static Get ReadingOfAll() => Dsl.Get(Key, new ReadAll(ReadPatience), OfAll);

    /// <summary>Stands in the answers to <see cref="ReadingOfAll"/>.</summary>
    public const string OfAll = "of all";

    /// <summary>A write, which is without effect where the register has something newer.</summary>
    public static Update Writing(AkkaCluster cluster, AgreedRules rules)
    {
        var (node, text, stamp) = (cluster.SelfUniqueAddress, Convert.ToBase64String(WireCodec.Shared.Encode(rules)), rules.Stamp());
        var nothing = new LWWRegister<string>(node, "", (_, _) => 0);
        return Dsl.Update(
            Key, nothing, new WriteAll(WritePatience),
            known => known.Timestamp < stamp ? known.WithValue(node, text, (_, _) => stamp) : known);
    }

    /// <returns>The value; null where it is none of ours.</returns>
    public static AgreedRules? Read(LWWRegister<string> register)
    {
        try
        {
            var rules = (AgreedRules)WireCodec.Shared.Decode(Convert.FromBase64String(register.Value), "agreed1");
            return rules.IsSound() ? rules : null;
        }
        catch (Exception error) when (error is FormatException or WireRefusedException)
        {
            return null;
        }
    }
}
