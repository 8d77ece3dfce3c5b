using System.Buffers.Binary;
using Pipeline.TestSupport;

namespace Pipeline.Nic.Tests.Links.Fuzzing;

/// <summary>What can happen to frames on their way, and what an attacker would do to them.</summary>
internal static class FrameMutation
{
    private static readonly int[] Interesting = [0, 1, -1, 31, 32, 33, 64, 65_535, 65_536, 262_144, 262_145, int.MaxValue, int.MinValue];

    /// <summary>Changes a stream of frames in one way.</summary>
    /// <param name="frames">Whole frames, in order.</param>
    /// <returns>The bytes as they arrive.</returns>
    public static byte[] Of(IReadOnlyList<byte[]> frames, Chance chance)
    {
        var list = frames.Select(f => f.ToArray()).ToList();
        var one = chance.Below(list.Count);
        switch (chance.Below(9))
        {
            case 0:
                list.Insert(chance.Below(list.Count + 1), list[one]);
                break;
            case 1:
                list.RemoveAt(one);
                break;
            case 2:
                var other = chance.Below(list.Count);
                (list[one], list[other]) = (list[other], list[one]);
                break;
            case 3:
                list[one] = list[one][..chance.Below(list[one].Length)];
                break;
            case 4:
                list.Insert(one, [.. Enumerable.Range(0, 1 + chance.Below(100)).Select(_ => (byte)chance.Next())]);
                break;
            case 5 or 6:
                Overwrite(list[one], chance);
                break;
            case 7:
                // Within the first words are the header's fields and those of the first part.
                var bytes = list[one].AsSpan(0, Math.Min(list[one].Length, 96));
                bytes[chance.Below(bytes.Length)] ^= (byte)(1 << chance.Below(8));
                break;
            default:
                for (var i = 1 + chance.Below(4); i > 0; i--) list[one][chance.Below(list[one].Length)] = (byte)chance.Next();
                break;
        }

        return [.. list.SelectMany(f => f)];
    }

    private static void Overwrite(byte[] frame, Chance chance)
    {
        var field = chance.Below(Math.Min(frame.Length, 160) / 4) * 4;
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(field), chance.Of<int>(Interesting) + chance.Below(3) - 1);
    }
}
