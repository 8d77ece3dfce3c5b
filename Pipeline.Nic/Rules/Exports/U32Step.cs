using System.Numerics;

namespace Pipeline.Nic.Rules.Exports;

/// <summary>
/// A step in the form that u32 supports: 16 bits at an even offset, masked and shifted to the right (struct tc_u32_sel, linux/pkt_cls.h).
/// </summary>
internal sealed record U32Step(int At, ushort Mask, int Shift)
{
    public override string ToString() => $"offset at {At} mask 0x{Mask:x4} shift {Shift} eat";

    /// <param name="step">A step whose offset counts from the same place as u32's.</param>
    /// <exception cref="NotExpressibleException">It takes more bits than that, or would not keep words aligned.</exception>
    public static U32Step Of(AddressStep step)
    {
        var end = step.Offset + step.Width;
        var first = end - 1 - (BitOperations.Log2(step.Mask) / 8);
        var last = end - 1 - (BitOperations.TrailingZeroCount(step.Mask) / 8);
        var at = first & ~1;
        if (last > at + 1) throw new NotExpressibleException("a step takes bits from more than two bytes at an even offset");

        // The lower of the two bytes can be one byte after those that the step reads. The mask has no bits there.
        var below = 8 * (end - 2 - at);
        var mask = (ushort)(below < 0 ? step.Mask << -below : step.Mask >> below);
        var shift = -(below + step.Shift);
        if (shift < 0) throw new NotExpressibleException("a step shifts to the left, u32 only to the right");
        if (shift > 15) shift = 16;
        // The kernel rounds the sum up to a multiple of 4 (u32_classify, net/sched/cls_u32.c).
        if (((mask >> shift) & 3) != 0) throw new NotExpressibleException("a step may lead to an offset that is no multiple of 4");
        return new U32Step(at, mask, shift);
    }
}
