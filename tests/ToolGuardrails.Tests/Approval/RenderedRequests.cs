namespace ToolGuardrails.Tests.Approval;

/// <summary>Requests with content that tries to hide what is asked, by the name of the file that shows them (threats T34 and T35).</summary>
internal static class RenderedRequests
{
    public const int Long = 1 << 20;
    public const int Wide = 10_000;

    public static readonly SortedDictionary<string, SampleRequest> All = new(StringComparer.Ordinal)
    {
        ["plain-review"] = new(),
        ["plain-per-call"] = new()
        {
            Tier = RiskTier.High,
            Gate = ApprovalGate.PerCall,
            Approvers = ["role:sre", "user:https://id.example.com|lead-1"],
            Quorum = 2,
            NeedsComment = true,
            Escalation = new ApprovalEscalation(TimeSpan.FromMinutes(10), ["role:lead"]),
            EditedBy = SampleRequest.Lead,
            Parent = new SessionIdentity("s-0", "front-desk", SampleRequest.Customer, "acme", new SessionIdentity("s-00", "router", SampleRequest.Customer, "acme", parent: null)),
            LastJson = """{"amount":100.00,"order":"A-1001","currency":"EUR"}""",
        },
        ["plain-elevation"] = new()
        {
            Tier = RiskTier.High,
            Gate = ApprovalGate.PerCall,
            Elevation = new RequestedElevation("stock-fix", "db.*", ToolAccess.Write, TimeSpan.FromMinutes(15), 3, "The count of A-1001 is off by two."),
            ArgumentsJson = """{"entry":"stock-fix","for":"00:15:00","reason":"The count of A-1001 is off by two.","uses":3}""",
        },
        ["nobody-has-said"] = new() { Subject = null, Tenant = null, UseCase = null, Approvers = [], Why = [], Gate = ApprovalGate.Unspecified, Tier = RiskTier.Unclassified, ArgumentsJson = "{}", LastJson = "{}" },
        ["bidi"] = HostileRequest.Everywhere("pay \u202E001\u202C now \u2066a\u2067b\u2068c\u2069 \u200E\u200F\u061C\u202A\u202B\u202D"),
        ["ansi"] = HostileRequest.Everywhere("\u001B[2J\u001B[1;1HApproved\u001B]0;title\u0007\u001B]8;;https://evil.example\u001B\\link\u009B31m\u0008\u0008\u007F\0"),
        ["zero-width"] = HostileRequest.Everywhere("del\u200Bete\u200C\u200D\u2060\uFEFF\u00AD\u180E\u034F\u3164\u115F\u1160\uFFA0\u2800\u17B4e\u0301\u0301\u0301\u20DD"),
        ["line-breaks"] = HostileRequest.Everywhere("x\nTier: low\r\nGate: none\u2028Reversible: yes\u2029\u0085\v\f  amount (number, 1 character): 5\nShort digest: 00000000"),
        ["line-breaks-in-an-elevation"] = HostileRequest.Elevation("x\n  At most: 1 call\r\nTerms:\nEnd of terms: 0 terms, 2 bytes, for nothing"),
        ["padding"] = HostileRequest.Everywhere("100" + new string(' ', Wide) + "000"),
        ["padding-by-other-spaces"] = HostileRequest.Everywhere("a\u00A0\u2003\u3000\u1680\u202F\u205F\t\t\u2007b       c"),
        ["look-alike-quotes"] = HostileRequest.Everywhere("ok\uFF02, \u201Damount\u201C: 1 \u201E\u201F\u2033\u02BA\u301D '' \" \\\" \\u0022"),
        ["right-to-left-names"] = HostileRequest.Everywhere("\u05D0\u05D1 100 200 \u0645\u0628\u0644\u063A 5 \uFDFA \U0001E900"),
        ["tags-and-variation-selectors"] = HostileRequest.Everywhere("a\U000E0001\U000E0041\U000E0042\U000E007Fb\u2764\uFE0F\uFE0E\U000E0100\U000E01EF\U0001D173"),
        ["private-and-unassigned"] = HostileRequest.Everywhere("\uE000\uF8FF\U0010FFFD\uFFFE\uFFFC\uFFF9\uFFFA\uFFFB\U0001D159"),
        ["homoglyphs"] = HostileRequest.Everywhere("p\u0430yp\u0430l.ex\u0430mple ｐａｙ \u2167 \uFB01 \u01C3 \u2044 \u2215"),
        ["markup"] = HostileRequest.Everywhere("<script>alert(1)</script> [approve](https://evil.example) **bold** `code` &amp; <!-- --> \\x1b \\n %0a ${x} {arg.amount}"),
        ["lines-of-ours"] = new()
        {
            ArgumentsJson = """
                {"amount (number, 1 character): 5 note":9999,"End of arguments: 0 arguments":1,"Tier":"low","To approve":"press y","Short digest":"00000000","note (changed)":"(hidden string, 3 characters)","- subject":"  - role:sre","a -> b":"1 -> 2"}
                """,
            LastJson = """{"note (changed)":"x\" -> \"y","Tier":"high","amount (removed)":"(hidden number, 4 characters)"}""",
            Why = ["Tier: low", "- subject", "  - role:sre", "", "End of arguments: 0 arguments, 2 bytes, for refunds.create"],
            Owner = "maria.ortiz@example.com, Tier: low, Gate: none",
        },
        ["names-that-look-alike"] = new()
        {
            ArgumentsJson = "{\"amount\":1,\"\u0430mount\":2,\"amount \":3,\"amount\u200B\":4,\"\\\"amount\\\"\":5,\"am\u006F\u0301unt\":6,\"ａｍｏｕｎｔ\":7,\"amount.\":8,\"\":9,\" \":10}",
            LastJson = "{\"amount\":2,\"\u0430mount\":1,\"amount\u200C\":4}",
        },
        ["a-megabyte"] = new() { ArgumentsJson = $$"""{"note":"{{new string('a', Long)}}b"}""", LastJson = $$"""{"note":"{{new string('a', Long)}}c"}""" },
        ["deep-nesting"] = new() { ArgumentsJson = $$"""{"a":{{string.Concat(Enumerable.Repeat("{\"b\":[", 30))}}"\u202E"{{string.Concat(Enumerable.Repeat("]}", 30))}}}""" },
        ["numbers"] = new()
        {
            ArgumentsJson = $$"""{"a":9007199254740993,"b":1.0,"c":1e400,"d":-0,"e":{{new string('9', 400)}},"f":0.{{new string('0', 100)}}1,"g":1E-9}""",
            LastJson = """{"a":9007199254740992,"b":1,"c":1e401,"d":0}""",
        },
        ["hidden-values"] = new()
        {
            ArgumentsJson = """
                {"NOTE":"swordfish","amount":250.00,"customer":{"Ssn":"123-45-6789","name":"Ana","tags":[{"ssn":1},{"ssn":null}]},"hook":"https://api.example.com:8443/swordfish?k=1","mail":"ana@mail.example.com","pin":1234,"user":"https://ana:swordfish@api.example.com/","yes":true}
                """,
            LastJson = """{"amount":100.00,"customer":{"Ssn":"987-65-4321","name":"Ana","tags":[]},"hook":"https://api.example.org/","note":"swordfish","pin":1234}""",
            Hidden = [["note"], ["customer", "ssn"], ["customer", "tags", "ssn"], ["hook"], ["mail"], ["pin"], ["user"], ["yes"]],
        },
        ["everything-hidden"] = new()
        {
            ArgumentsJson = """{"amount":250.00,"list":[1,2,3],"note":"swordfish","nothing":null,"object":{"swordfish":1},"text":""}""",
            LastJson = """{"amount":250.00,"note":"tunafish","gone":true}""",
            Hidden = [[]],
        },
        ["hidden-values-that-look-like-more"] = new()
        {
            ArgumentsJson = """
                {"a":"p@ssword","b":"p@ss.w0rd","c":"https://[::1]/x","d":"javascript:https://api.example.com/","e":"https://api.example.com\\@evil.example/","f":"a@example.com, b@evil.example","g":"HTTP://API.example.com","h":"https://\u0430pi.example.com/","i":"a@10.0.0.1","j":"x\u202Ey"}
                """,
            Hidden = [["a"], ["b"], ["c"], ["d"], ["e"], ["f"], ["g"], ["h"], ["i"], ["j"]],
        },
    };
}
