namespace ToolGuardrails.Tests.RepositoryRules;

public sealed class CodeTextTests
{
    [Theory]
    [InlineData("a(); // Regex\nb();", "a(); \nb();")]
    [InlineData("a /* Regex\n'\" */ b", "a \n b")]
    [InlineData("f(\"Regex \\\" // x\", c)", "f( , c)")]
    [InlineData("f(@\"C:\\\", '\\'', '\"', g)", "f( ,  ,  , g)")]
    [InlineData("f(@\"a \"\" Regex\") + h", "f( ) + h")]
    [InlineData("f($\"{{Regex}} {Name:x} \") + h", "f(  Name:x  ) + h")]
    [InlineData("f($\"{g(\"Regex\")} Regex\") + h", "f(  g( )  ) + h")]
    [InlineData("f(\"\"\"\nRegex \"quoted\"\n\"\"\") + h", "f( \n\n) + h")]
    [InlineData("f($$\"\"\"{Regex} {{Name}}\"\"\") + h", "f(  Name ) + h")]
    [InlineData("if (x) { y = $@\"a\"; }", "if (x) { y =  ; }")]
    public void Comments_and_literals_go_and_code_stays(string source, string code) =>
        Assert.Equal(Spaced(code), Spaced(CodeText.Strip(source)));

    private static string Spaced(string text) => string.Join(' ', text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
