namespace Pipeline.Nic.Rules.Explaining;

/// <summary>How a field's value is said in words.</summary>
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
