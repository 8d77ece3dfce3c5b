namespace Pipeline.Nic.Rules.Explaining;

/// <summary>The ways to show a field's value in words.</summary>
internal enum FieldFormat
{
    Decimal,
    HighNibble,
    Bit,
    Mac,
    EtherType,
    Protocol,
    IPv4,
    TcpFlags,
}
