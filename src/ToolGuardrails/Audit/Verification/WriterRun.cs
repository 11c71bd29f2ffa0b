using System.Buffers.Binary;

namespace ToolGuardrails.Audit;

/// <summary>A writer's 22 characters, as something to look up.</summary>
internal readonly record struct WriterId(ulong Front, ulong Middle, ulong Back)
{
    public static WriterId Of(ReadOnlySpan<byte> characters) => new(
        BinaryPrimitives.ReadUInt64LittleEndian(characters),
        BinaryPrimitives.ReadUInt64LittleEndian(characters[8..]),
        BinaryPrimitives.ReadUInt64LittleEndian(characters[^8..]));
}

/// <summary>Neighbouring lines of one writer that count on without a gap.</summary>
/// <param name="Writer">The writer.</param>
/// <param name="First">The first line's number.</param>
/// <param name="Count">How many lines.</param>
/// <param name="Line">The first line's position in its block.</param>
internal readonly record struct WriterRun(WriterId Writer, long First, int Count, int Line);
