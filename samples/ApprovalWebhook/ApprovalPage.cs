using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using ToolGuardrails;

namespace ApprovalWebhook;

/// <summary>Shows a request, however often it is opened, and takes one answer by its form.</summary>
internal sealed class ApprovalPage(ApprovalInbox inbox)
{
    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);

    public async Task<IResult> ShowAsync(string id, HttpContext http)
    {
        if (SignIn.Who(http) is not { } who)
        {
            return Results.Unauthorized();
        }

        if (await inbox.FindAsync(id, http.RequestAborted) is not { } found)
        {
            return Results.NotFound();
        }

        http.Response.Headers.ContentSecurityPolicy = "default-src 'none'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
        http.Response.Headers.CacheControl = "no-store";
        return Results.Content(Html(found, TokenFor(found.Request, who)), "text/html; charset=utf-8");
    }

    public async Task<IResult> DecideAsync(string id, HttpContext http)
    {
        IFormCollection form = await http.Request.ReadFormAsync(http.RequestAborted);
        if (SignIn.Who(http) is not { } who)
        {
            return Results.Unauthorized();
        }

        if (await inbox.FindAsync(id, http.RequestAborted) is not { } found)
        {
            return Results.NotFound();
        }

        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(form["token"].ToString()), Encoding.UTF8.GetBytes(TokenFor(found.Request, who))))
        {
            return Results.Text("The form wasn't opened by you, or for another request.", statusCode: StatusCodes.Status403Forbidden);
        }

        ApprovalResponse response = form["answer"] == "approve" ? ApprovalResponse.Approve(who, form["digest"], form["comment"]) : ApprovalResponse.Reject(form["comment"], who);
        ApprovalResult? result = await inbox.DecideAsync(id, response, http.RequestAborted);
        return result?.Refusal is { } refusal ? Results.Text(refusal.Code, statusCode: StatusCodes.Status409Conflict) : Results.Text("Recorded.");
    }

    // Against forged forms: of this request, for this person, by this process.
    private string TokenFor(ApprovalRequest request, ApproverIdentity who) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.UTF8.GetBytes($"{request.Digest}\n{request.Id}\n{who.Principal}")));

    private static string Html(ApprovalCase found, string token)
    {
        var html = new StringBuilder("<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Approval</title>");
        foreach (ApprovalLine line in found.Request.ToLines())
        {
            html.Append("<pre>").Append(HtmlEncoder.Default.Encode(line.ToString())).Append("</pre>"); // A pre doesn't wrap a long line into what looks like another.
        }

        return html.Append("<p>").Append(found.Status).Append("</p><form method=\"post\"><input type=\"hidden\" name=\"token\" value=\"").Append(token)
            .Append("\"><p><label>Short digest <input name=\"digest\" autocomplete=\"off\"></label> <label>Comment <input name=\"comment\"></label></p>")
            .Append("<button name=\"answer\" value=\"approve\">Approve</button> <button name=\"answer\" value=\"reject\">Reject</button></form>").ToString();
    }
}
