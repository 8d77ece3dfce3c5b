using Pipeline.Nic.Rules.Ebpf;
using Xunit;
using static Pipeline.Nic.Rules.Ebpf.EbpfRegister;

namespace Pipeline.Nic.Tests.Rules.Ebpf;

/// <summary>Instructions as bytes, which are worked out by hand from RFC 9669 for a little-endian machine, and as text.</summary>
public class EbpfAssemblerTests
{
    private static readonly Dictionary<int, string> NoComments = [];

    public static TheoryData<string, string> Instructions => new()
    {
        { "r1 = r2", "bf21000000000000" },
        { "w3 = 7", "b403000007000000" },
        { "r3 += -8", "07030000f8ffffff" },
        { "w0 *= w1", "2c10000000000000" },
        { "w0 = -w0", "8400000000000000" },
        { "r0 = be16 r0", "dc00000010000000" },
        { "r4 = *(u16 *)(r3 +12)", "69340c0000000000" },
        { "*(u32 *)(r10 -4) = r1", "631afcff00000000" },
        { "*(u64 *)(r10 -16) = 5", "7a0af0ff05000000" },
        { "call MapLookup#1", "8500000001000000" },
        { "exit", "9500000000000000" },
    };

    [Theory]
    [MemberData(nameof(Instructions))]
    public void An_instruction_has_the_bytes_of_the_standard_and_the_text_that_people_know(string text, string bytes)
    {
        var code = new EbpfAssembler();
        Emit(code, text);
        var program = code.Assemble();
        Span<byte> written = stackalloc byte[EbpfInstruction.Bytes];
        program[0].Write(written);
        Assert.Equal(bytes, Convert.ToHexStringLower(written));
        Assert.Equal($"    0: {text}\n", EbpfListing.Of(program, NoComments, []));
    }

    [Fact]
    public void A_jump_leads_to_its_label()
    {
        var code = new EbpfAssembler();
        var end = code.NewLabel();
        code.JumpIf32(EbpfCondition.Less, R1, 32, end);
        code.JumpIf(EbpfCondition.NotEqual, R1, R2, end);
        code.Jump(end);
        code.Comment("here");
        code.Place(end);
        code.Exit();
        Assert.Equal("    0: if w1 < 0x20 goto 3\n    1: if r1 != r2 goto 3\n    2: goto 3\n; here\n    3: exit\n", EbpfListing.Of(code.Assemble(), code.Comments, []));
    }

    [Fact]
    public void A_wide_constant_takes_two_instructions_and_a_map_has_its_name()
    {
        var code = new EbpfAssembler();
        code.Set(R1, 0x1122334455667788);
        code.SetToMap(R2, 1);
        Assert.Equal("    0: r1 = 0x1122334455667788 ll\n    2: r2 = map[b]\n", EbpfListing.Of(code.Assemble(), NoComments, ["a", "b"]));
    }

    [Fact]
    public void A_jump_further_than_one_can_lead_is_an_error()
    {
        var code = new EbpfAssembler();
        var end = code.NewLabel();
        code.Jump(end);
        for (var i = 0; i <= EbpfAssembler.MostInstructions; i++) code.Exit();
        code.Place(end);
        Assert.Equal("The jump at 0 leads 32768 instructions on.", Assert.Throws<InvalidOperationException>(code.Assemble).Message);
    }

    private static void Emit(EbpfAssembler code, string text)
    {
        switch (text)
        {
            case "r1 = r2": code.Move(R1, R2); break;
            case "w3 = 7": code.Set(R3, 7u); break;
            case "r3 += -8": code.Alu(EbpfAlu.Add, R3, -8); break;
            case "w0 *= w1": code.Alu32(EbpfAlu.Multiply, R0, R1); break;
            case "w0 = -w0": code.Alu32(EbpfAlu.Negate, R0, 0); break;
            case "r0 = be16 r0": code.ToBigEndian(R0, 16); break;
            case "r4 = *(u16 *)(r3 +12)": code.Load(EbpfSize.Half, R4, R3, 12); break;
            case "*(u32 *)(r10 -4) = r1": code.Store(EbpfSize.Word, R10, -4, R1); break;
            case "*(u64 *)(r10 -16) = 5": code.Store(EbpfSize.Double, R10, -16, 5u); break;
            case "call MapLookup#1": code.Call(EbpfHelper.MapLookup); break;
            default: code.Exit(); break;
        }
    }
}
