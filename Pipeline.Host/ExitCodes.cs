namespace Pipeline.Host;

/// <summary>The exit codes of the program. Numbers from 64 on are those of sysexits.h (FreeBSD, sysexits(3)).</summary>
internal static class ExitCodes
{
    public const int Ok = 0;
    public const int RuntimeFailure = 1;
    public const int Usage = 2;
    public const int LedgerOpen = 4;
    public const int InvalidInput = 65;
    public const int InputNotFound = 66;
    public const int Unavailable = 69;
    public const int CannotCreateOutput = 73;
    public const int InputOutputError = 74;
    public const int MissingPrivilege = 77;
    public const int SecondInterrupt = 130;
}
