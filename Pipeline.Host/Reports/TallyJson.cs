using System.Text.Json;
using Pipeline.Nic.Accounts;

namespace Pipeline.Host.Reports;

/// <summary>How every JSON report writes packets and bytes.</summary>
internal static class TallyJson
{
    /// <summary>As an object of its own.</summary>
    public static void WriteTally(this Utf8JsonWriter json, string name, PacketTally tally)
    {
        json.WriteStartObject(name);
        json.WriteTallyFields(tally);
        json.WriteEndObject();
    }

    /// <summary>As fields of the object being written.</summary>
    public static void WriteTallyFields(this Utf8JsonWriter json, PacketTally tally)
    {
        json.WriteNumber("packets", tally.Packets);
        json.WriteNumber("bytes", tally.Bytes);
    }
}
