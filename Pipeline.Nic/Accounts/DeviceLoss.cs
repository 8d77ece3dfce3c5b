namespace Pipeline.Nic.Accounts;

/// <summary>What the device lost before the packet was received. A closed list.</summary>
public enum DeviceLoss
{
    RingFull,
    FillEmpty,
    NoPage,
    KernelDrops,
    InterfaceDrops,
    InvalidDescriptor,
}
