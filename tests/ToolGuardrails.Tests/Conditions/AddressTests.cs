using System.Text.Json;

namespace ToolGuardrails.Tests.Conditions;

/// <summary>'address' takes exactly one bare mail address, its domain compared exactly.</summary>
public sealed class AddressTests
{
    [Theory]
    [InlineData("a@customer.example", 'T')]
    [InlineData("A.B+c@CUSTOMER.example", 'T')]
    [InlineData("o'hara@customer.example", 'T')]
    [InlineData("a@evil.io", 'F')]
    [InlineData("a@xcustomer.example", 'F')]
    [InlineData("a@customer.example.evil.io", 'F')]
    [InlineData("a@mail.customer.example", 'F')]
    [InlineData("customer.example@evil.io", 'F')]
    public Task One_bare_address_is_at_the_domain_or_not(string text, char expected) => AssertAsync(text, expected);

    [Theory]
    [InlineData("a@evil.io, b@customer.example")]
    [InlineData("b@customer.example, a@evil.io")]
    [InlineData("b@customer.example;a@evil.io")]
    [InlineData("b@customer.example a@evil.io")]
    [InlineData("b@customer.example\na@evil.io")]
    [InlineData("b@customer.example\r\nBcc: a@evil.io")]
    [InlineData("a@evil.io@customer.example")]
    [InlineData("a@customer.example@evil.io")]
    [InlineData("a%evil.io@customer.example")]
    [InlineData("@evil.io:a@customer.example")]
    [InlineData("@evil.io,@b.example:a@customer.example")]
    [InlineData("Ada <a@customer.example>")]
    [InlineData("<a@customer.example>")]
    [InlineData("a@evil.io <a@customer.example>")]
    [InlineData("\"a@customer.example\" <a@evil.io>")]
    [InlineData("\"a\"@customer.example")]
    [InlineData("\"a@evil.io,\"@customer.example")]
    [InlineData("a(note)@customer.example")]
    [InlineData("a@customer.example(evil.io)")]
    [InlineData("a@(note)customer.example")]
    [InlineData("a@[127.0.0.1]")]
    [InlineData("mailto:a@customer.example")]
    [InlineData("group:a@customer.example;")]
    [InlineData("a@customer.example.")]
    [InlineData("a@.customer.example")]
    [InlineData("a@customer..example")]
    [InlineData("a@")]
    [InlineData("@customer.example")]
    [InlineData("customer.example")]
    [InlineData("")]
    [InlineData(" a@customer.example")]
    [InlineData("a@customer.example ")]
    [InlineData("a @customer.example")]
    [InlineData(".a@customer.example")]
    [InlineData("a.@customer.example")]
    [InlineData("a..b@customer.example")]
    [InlineData("a\\@customer.example")]
    [InlineData("a\0@customer.example")]
    [InlineData("a@customer.example\0")]
    [InlineData("a@customer.example\0.evil.io")]
    [InlineData("é@customer.example")]
    [InlineData("а@customer.example")]
    [InlineData("a@сustomer.example")]
    [InlineData("a@ｃustomer.example")]
    [InlineData("a＠customer.example")]
    [InlineData("a@customer。example")]
    [InlineData("a@customer\u200b.example")]
    [InlineData("a\u202e@customer.example")]
    [InlineData("a@customer.example?bcc=evil@evil.io")]
    [InlineData("a@customer.example%0abcc:evil@evil.io")]
    [InlineData("=?utf-8?q?a=40evil.io?=@customer.example@evil.io")]
    public Task Anything_else_cannot_be_known(string text) => AssertAsync(text, 'U');

    [Fact]
    public Task A_local_part_longer_than_any_cannot_be_known() => AssertAsync(new string('a', 65) + "@customer.example", 'U');

    private static Task AssertAsync(string text, char expected) => ConditionHost.AssertTruthAsync(
        """{ "arg.text": { "address": ["customer.example"] } }""",
        $$"""{"text":{{JsonSerializer.Serialize(text)}}}""",
        expected);
}
