#:property PublishAot=false
#:property IsAotCompatible=false
// Reads the test results (*.trx) of a folder. Prints every skipped test with its reason and every failed one, and closes with the numbers.
// Exits with 1 when a test failed or none ran.
using System.Globalization;
using System.Xml.Linq;

if (args is not [string folder])
{
    Console.Error.WriteLine("Usage: dotnet run .ci/summary.cs -- FOLDER");
    return 2;
}

string[] files = Directory.Exists(folder) ? Directory.GetFiles(folder, "*.trx", SearchOption.AllDirectories) : [];
XElement[] results = [.. files.SelectMany(static f => XDocument.Load(f).Descendants().Where(static e => e.Name.LocalName == "UnitTestResult"))];
int passed = 0, failed = 0, skipped = 0;
foreach (XElement result in results.OrderBy(static r => (string?)r.Attribute("testName"), StringComparer.Ordinal))
{
    string name = (string?)result.Attribute("testName") ?? "(no name)";
    switch ((string?)result.Attribute("outcome"))
    {
        case "Passed":
            passed++;
            break;
        case "NotExecuted":
            skipped++;
            Console.WriteLine($"skipped: {name}: {Reason(result)}");
            break;
        case var outcome:
            failed++;
            Console.WriteLine($"failed: {name} ({outcome})");
            break;
    }
}

Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{passed} passed, {failed} failed, {skipped} skipped"));
return failed > 0 || passed == 0 ? 1 : 0;

static string Reason(XElement result)
{
    string? said = result.Descendants().FirstOrDefault(static e => e.Name.LocalName is "Message" or "StdOut")?.Value;
    return string.IsNullOrWhiteSpace(said) ? "(no reason given)" : said.ReplaceLineEndings(" ").Trim();
}
