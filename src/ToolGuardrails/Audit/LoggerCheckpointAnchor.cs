using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace ToolGuardrails;

/// <summary>Writes checkpoints to the host's logger, which usually ships its lines to another machine. Each line ends in the note as a JSON string, which <c>guardrails verify --checkpoint</c> reads.</summary>
/// <param name="logger">The logger; lines are of level Information.</param>
public sealed class LoggerCheckpointAnchor(ILogger logger) : ICheckpointAnchor
{
    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger));

    /// <inheritdoc/>
    public ValueTask AnchorAsync(AuditCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(checkpoint);
        Log.CheckpointMade(_logger, checkpoint.Size, "\"" + JsonEncodedText.Encode(checkpoint.Note, JavaScriptEncoder.UnsafeRelaxedJsonEscaping) + "\"");
        return default;
    }
}
