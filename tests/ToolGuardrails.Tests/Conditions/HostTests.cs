using System.Text.Json;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>'host' takes http and https, an ASCII host and an optional port. Whatever two URL parsers might read differently can't be known.</summary>
public sealed class HostTests
{
    [Theory]
    [InlineData("https://api.example.com", 'T')]
    [InlineData("http://api.example.com/", 'T')]
    [InlineData("HTTPS://API.EXAMPLE.COM/x", 'T')]
    [InlineData("https://api.example.com:8443/x?y=z#w", 'T')]
    [InlineData("https://api.example.com?x", 'T')]
    [InlineData("https://api.example.com#x", 'T')]
    [InlineData("https://api.example.com/@evil.example", 'T')]
    [InlineData("https://api.example.com/%2e%2e/é", 'T')]
    [InlineData("https://10.0.0.1/x", 'T')]
    [InlineData("https://evil.example/", 'F')]
    [InlineData("https://api.example.com.evil.example/", 'F')]
    [InlineData("https://evil.example/api.example.com", 'F')]
    [InlineData("https://evil.example?api.example.com", 'F')]
    [InlineData("https://evil.example#@api.example.com", 'F')]
    [InlineData("https://xapi.example.com/", 'F')]
    [InlineData("https://example.com/", 'F')]
    [InlineData("https://sub.api.example.com/", 'F')]
    [InlineData("https://xn--pi-api.example.com/", 'F')]
    [InlineData("https://10.0.0.2/", 'F')]
    public Task A_host_is_compared_exactly(string url, char expected) => AssertAsync(url, expected);

    [Theory]
    // user information
    [InlineData("https://api.example.com@evil.example/")]
    [InlineData("https://user:secret@api.example.com/")]
    [InlineData("https://@api.example.com/")]
    [InlineData("https://api.example.com:443@evil.example/")]
    // backslashes and percent signs in the authority
    [InlineData("https://api.example.com\\@evil.example/")]
    [InlineData("https://evil.example\\api.example.com/")]
    [InlineData("https:\\\\api.example.com/")]
    [InlineData("https:/\\api.example.com/")]
    [InlineData("https://api%2eexample.com/")]
    [InlineData("https://api.example.com%00.evil.example/")]
    [InlineData("https://api.example.com%2f@evil.example/")]
    // other schemes and no scheme
    [InlineData("ftp://api.example.com/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("javascript:alert(1)")]
    [InlineData("data:text/html,x")]
    [InlineData("//api.example.com/")]
    [InlineData("api.example.com")]
    [InlineData("https:api.example.com")]
    [InlineData("https:/api.example.com")]
    [InlineData("https:///api.example.com")]
    [InlineData("view-source:https://api.example.com")]
    [InlineData("https://")]
    [InlineData("https:// ")]
    [InlineData("")]
    // ports
    [InlineData("https://api.example.com:/")]
    [InlineData("https://api.example.com:443x/")]
    [InlineData("https://api.example.com:+443/")]
    [InlineData("https://api.example.com:443:80/")]
    [InlineData("https://api.example.com:000443/")]
    // addresses in odd forms
    [InlineData("https://2130706433/")]
    [InlineData("https://127.1/")]
    [InlineData("https://0x7f.0.0.1/x")]
    [InlineData("https://0x7f000001/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://010.0.0.1/")]
    [InlineData("https://10.0.0.256/")]
    [InlineData("https://10.0.0/")]
    [InlineData("https://10.0.0.1.2/")]
    [InlineData("https://10.0.0.0x1/")]
    [InlineData("https://10.0.0.1./")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:10.0.0.1]:443/")]
    [InlineData("https://[api.example.com]/")]
    // characters that some parsers drop or map
    [InlineData("https://api.example.com./")]
    [InlineData("https://.api.example.com/")]
    [InlineData("https://api..example.com/")]
    [InlineData("https://ａｐｉ.example.com/")]
    [InlineData("https://api。example。com/")]
    [InlineData("https://аpi.example.com/")]
    [InlineData("https://api.example.com\u200b/")]
    [InlineData("https://api\u00ad.example.com/")]
    [InlineData("https://api.example.com／@evil.example/")]
    [InlineData("https://evil.example℀api.example.com/")]
    [InlineData("https://api.ex_ample.com/")]
    [InlineData("https://api.example.com,evil.example/")]
    [InlineData("https://api.example.com;evil.example/")]
    [InlineData("https://api.example.com&@evil.example/")]
    [InlineData(" https://api.example.com/")]
    [InlineData("https://api.example.com/ ")]
    [InlineData("https://api.example.com\t/")]
    [InlineData("https://api.exam\nple.com/")]
    [InlineData("ht\ntps://api.example.com/")]
    [InlineData("https://api.example.com/\r\nHost: evil.example")]
    [InlineData("https://api.example.com/\0")]
    [InlineData("https://api.example.com/\u007f")]
    public Task What_parsers_may_disagree_about_cannot_be_known(string url) => AssertAsync(url, 'U');

    [Fact]
    public Task A_host_longer_than_any_name_cannot_be_known() => AssertAsync("https://" + new string('a', 254) + "/", 'U');

    private static Task AssertAsync(string url, char expected) => ConditionHost.AssertTruthAsync(
        """{ "arg.text": { "host": ["api.example.com", "10.0.0.1"] } }""",
        $$"""{"text":{{JsonSerializer.Serialize(url)}}}""",
        expected);
}
