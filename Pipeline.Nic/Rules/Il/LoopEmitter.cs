using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics.X86;
using Pipeline.Nic.Pages;

namespace Pipeline.Nic.Rules.Il;

/// <summary>
/// Emits the loop over the packets of a bundle, and the loads into the cache that run ahead of it: a packet that comes from memory takes as
/// long as twenty that are in the cache.
/// </summary>
internal sealed class LoopEmitter
{
    /// <summary>
    /// How many packets ahead bytes are loaded. That many loads are in flight at once, about as many as a core can track. A bundle is
    /// longer than that.
    /// </summary>
    public const int Ahead = 16;

    // Parameter 0 keeps the tables alive, and a delegate bound to an object calls faster than one that is not.
    private const int TargetParameter = 0;
    private const int PacketsParameter = 1;
    private const int CountParameter = 2;
    private const int PendingParameter = 3;
    private const int RegionParameter = 4;
    private const int CountsParameter = 5;
    private const int LinkTypeParameter = 6;

    private static readonly MethodInfo Prefetch = typeof(Sse).GetMethod(nameof(Sse.Prefetch0))!;

    private readonly IlBody _il;
    private readonly bool _takesPending;
    private readonly LocalBuilder _turn;
    private readonly LocalBuilder _index;
    private readonly LocalBuilder _packet;
    private readonly LocalBuilder _ahead;
    private readonly Label _top;
    private readonly Label _test;

    /// <param name="takesPending">Whether it takes only the packets named as pending, and not all.</param>
    public LoopEmitter(IlBody il, bool takesPending)
    {
        _il = il;
        _takesPending = takesPending;
        _turn = il.Local(typeof(int), "turn");
        _index = takesPending ? il.Local(typeof(int), "index") : _turn;
        _packet = il.Local(typeof(Packet*), "packet");
        _ahead = il.Local(typeof(Packet*), "ahead");
        _top = il.Label("top");
        _test = il.Label("test");
        Next = il.Label("next");
    }

    /// <summary>The parameters of the method that <see cref="RuleLoop"/> is bound to.</summary>
    public static Type[] Parameters { get; } =
        [typeof(object), typeof(Packet*), typeof(int), typeof(int*), typeof(byte*), typeof(long*), typeof(int)];

    /// <summary>The label to jump to when a packet is done.</summary>
    public Label Next { get; }

    /// <summary>Pushes the object that the method is bound to.</summary>
    public void LoadTarget() => _il.Emit(OpCodes.Ldarg, TargetParameter);

    public void LoadCounts() => _il.Emit(OpCodes.Ldarg, CountsParameter);

    public void LoadPending() => _il.Emit(OpCodes.Ldarg, PendingParameter);

    public void LoadLinkType() => _il.Emit(OpCodes.Ldarg, LinkTypeParameter);

    /// <summary>Pushes the packet's index in the bundle.</summary>
    public void LoadIndex() => _il.Emit(OpCodes.Ldloc, _index);

    /// <summary>Begins a turn. The code emitted next has the packet in its locals.</summary>
    /// <param name="touched">Offsets of the bytes that are loaded into the cache.</param>
    public void EmitBegin(int[] touched)
    {
        if (Sse.IsSupported && touched.Length > 0) EmitWarmUp(touched);
        _il.Set(_turn, 0);
        _il.Emit(OpCodes.Br, _test);
        _il.Mark(_top);
        EmitPlace();
        if (Sse.IsSupported && touched.Length > 0) EmitPrefetchAhead(touched);
        EmitPacket();
    }

    /// <summary>Ends a turn. The code emitted next runs once, after the last packet.</summary>
    public void EmitEnd()
    {
        _il.Mark(Next);
        _il.Increment(_turn);
        _il.Mark(_test);
        _il.Emit(OpCodes.Ldloc, _turn);
        _il.Emit(OpCodes.Ldarg, CountParameter);
        _il.Emit(OpCodes.Blt, _top);
    }

    /// <summary>Loads the first packets: they have no turn before them in which they could be loaded.</summary>
    private void EmitWarmUp(int[] touched)
    {
        var (again, done) = (_il.Label("warm"), _il.Label("warmed"));
        _il.Set(_turn, 0);
        _il.Mark(again);
        _il.Emit(OpCodes.Ldloc, _turn);
        _il.Emit(OpCodes.Ldarg, CountParameter);
        _il.Emit(OpCodes.Bge, done);
        EmitPrefetch(() => _il.Emit(OpCodes.Ldloc, _turn), touched);
        _il.Increment(_turn);
        _il.Emit(OpCodes.Ldloc, _turn);
        _il.Emit(OpCodes.Ldc_I4, Ahead);
        _il.Emit(OpCodes.Blt, again);
        _il.Mark(done);
    }

    private void EmitPrefetchAhead(int[] touched)
    {
        var last = _il.Label("last");
        _il.Emit(OpCodes.Ldloc, _turn);
        _il.Emit(OpCodes.Ldc_I4, Ahead);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldarg, CountParameter);
        _il.Emit(OpCodes.Bge, last);
        EmitPrefetch(() =>
        {
            _il.Emit(OpCodes.Ldloc, _turn);
            _il.Emit(OpCodes.Ldc_I4, Ahead);
            _il.Emit(OpCodes.Add);
        }, touched);
        _il.Mark(last);
    }

    private void EmitPrefetch(Action pushTurn, int[] touched)
    {
        PushPacketAt(() => PushIndexOf(pushTurn));
        _il.Emit(OpCodes.Stloc, _ahead);
        foreach (var offset in touched)
        {
            PushBytesOf(_ahead);
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
            _il.Call(Prefetch);
        }
    }

    private void EmitPlace()
    {
        if (_takesPending)
        {
            PushIndexOf(() => _il.Emit(OpCodes.Ldloc, _turn));
            _il.Emit(OpCodes.Stloc, _index);
        }

        PushPacketAt(LoadIndex);
        _il.Emit(OpCodes.Stloc, _packet);
    }

    private void EmitPacket()
    {
        PushBytesOf(_packet);
        _il.Emit(OpCodes.Stloc, _il.Local(typeof(byte*), "bytes"));
        _il.Emit(OpCodes.Ldloc, _packet);
        _il.Emit(OpCodes.Ldfld, PacketEmitter.Field(nameof(Packet.CapturedLength)));
        _il.Emit(OpCodes.Conv_I8);
        _il.Emit(OpCodes.Stloc, _il.Local(typeof(long), "captured"));
    }

    /// <summary>Turns a turn's number into an index in the bundle.</summary>
    private void PushIndexOf(Action pushTurn)
    {
        if (!_takesPending)
        {
            pushTurn();
            return;
        }

        LoadPending();
        pushTurn();
        _il.ToElement(sizeof(int));
        _il.Emit(OpCodes.Ldind_I4);
    }

    private unsafe void PushPacketAt(Action pushIndex)
    {
        _il.Emit(OpCodes.Ldarg, PacketsParameter);
        pushIndex();
        _il.ToElement(sizeof(Packet));
    }

    private void PushBytesOf(LocalBuilder packet)
    {
        _il.Emit(OpCodes.Ldarg, RegionParameter);
        _il.Emit(OpCodes.Ldloc, packet);
        _il.Emit(OpCodes.Ldfld, PacketEmitter.Field(nameof(Packet.Offset)));
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
    }
}
