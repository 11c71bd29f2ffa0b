using ToolGuardrails;

namespace ApprovalWebhook;

/// <summary>A placeholder for the host's own sign-in: whoever can set a header is whoever they say. Never use it.</summary>
internal static class SignIn
{
    public const string Header = "X-Demo-User";

    public static ApproverIdentity? Who(HttpContext http) => http.Request.Headers[Header].ToString() switch
    {
        "" => null,
        "ben" => new(new Principal("https://id.example", "ben"), ["finance"]),
        string name => new(new Principal("https://id.example", name)),
    };
}
