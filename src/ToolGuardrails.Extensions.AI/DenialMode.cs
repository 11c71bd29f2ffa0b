namespace ToolGuardrails;

/// <summary>How a denied call is told to the loop that made it. A call that waits for a person is text in every mode: nothing is wrong with it.</summary>
public enum DenialMode : byte
{
    /// <summary>As the function's result: a short sentence for the model. Any number of denials in a row is fine.</summary>
    Text = 0,

    /// <summary>As a result that is marked as an error, where the call's id is known, and as text where it isn't. Loops count errors and may give up after some in a row.</summary>
    ErrorResult = 1,

    /// <summary>As a <see cref="ToolDeniedException"/>. Most loops then tell the model only that the function failed, and give up after some in a row.</summary>
    Exception = 2,
}
