using System.Buffers;
using System.Text.Json;

namespace ToolGuardrails.ModelContextProtocol;

/// <summary>JSON as bytes, written by whoever knows what goes into it.</summary>
internal static class WrittenJson
{
    public static ReadOnlySpan<byte> Of(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return buffer.WrittenSpan;
    }
}
