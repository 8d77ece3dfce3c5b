using System.Text.Json;
using Pipeline.Host.Reports;
using Pipeline.Nic.Devices.Machine;
using Pipeline.Nic.Devices.Simulated;

namespace Pipeline.Host.Inventory;

/// <summary>What there is to take packets from, for scripts, schema <c>pipeline.devices/1</c>.</summary>
internal static class DeviceJson
{
    public static string Of(IReadOnlyList<MachineInterface> interfaces) => JsonText.Of(json =>
    {
        json.WriteStartObject();
        json.WriteString("schema", "pipeline.devices/1");
        json.WriteStartArray("interfaces");
        for (var i = 0; i < interfaces.Count; i++) Write(json, i + 1, interfaces[i]);
        json.WriteEndArray();
        json.WriteStartObject("sim");
        json.WriteStartArray("profiles");
        foreach (var profile in SimulatedOptions.ProfileWords.Split(", ")) json.WriteStringValue(profile);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteStartObject("file");
        json.WriteStartArray("formats");
        json.WriteStringValue("pcap");
        json.WriteStringValue("pcapng");
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    });

    private static void Write(Utf8JsonWriter json, int number, MachineInterface nic)
    {
        json.WriteStartObject();
        json.WriteNumber("number", number);
        json.WriteString("name", nic.Name);
        json.WriteNumber("index", nic.Index);
        json.WriteBoolean("up", nic.IsUp);
        json.WriteString("state", nic.State);
        json.WriteString("link", nic.Hardware);
        json.WriteString("address", nic.Address);
        json.WriteNumber("mtu", nic.Mtu);
        json.WriteNumber("receiveQueues", nic.ReceiveQueues);
        json.WriteNumber("transmitQueues", nic.TransmitQueues);
        json.WriteString("driver", nic.Driver);
        json.WriteStartObject("backends");
        foreach (var backend in Backend.All) Write(json, backend);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, Backend backend)
    {
        json.WriteStartObject(backend.Name);
        json.WriteStartArray("modes");
        foreach (var mode in backend.Modes) json.WriteStringValue(mode);
        json.WriteEndArray();
        json.WriteString("whyNot", backend.WhyNot);
        json.WriteEndObject();
    }
}
