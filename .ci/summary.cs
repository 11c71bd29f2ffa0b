#:property PublishAot=false
#:property IsAotCompatible=false
// Reads the test results (*.trx) of several runs, each in a folder of its own. Prints every skipped test with its reason, every failed one
// and the numbers of each run, and closes with the numbers of all. A run that was left out has its reason in skipped.txt and counts as one skipped.
// Exits with 1 when a test failed, or when nothing passed in a run that wasn't left out.
using System.Globalization;
using System.Xml.Linq;

if (args is not [string folder, _, ..])
{
    Console.Error.WriteLine("Usage: dotnet run .ci/summary.cs -- FOLDER RUN...");
    return 2;
}

int passed = 0, failed = 0, skipped = 0;
bool empty = false;
var runs = new List<string>();
foreach (string run in args[1..])
{
    string left = Path.Combine(folder, run, "skipped.txt");
    if (File.Exists(left))
    {
        skipped++;
        Console.WriteLine($"skipped: the run {run}: {File.ReadAllText(left).ReplaceLineEndings(" ").Trim()}");
        runs.Add($"{run}: left out");
        continue;
    }

    (int p, int f, int s) = Count(run);
    (passed, failed, skipped) = (passed + p, failed + f, skipped + s);
    empty |= p == 0;
    runs.Add(Numbers(p, f, s, $"{run}: "));
}

runs.ForEach(Console.WriteLine);
Console.WriteLine(Numbers(passed, failed, skipped));
return failed > 0 || empty || passed == 0 ? 1 : 0;

(int Passed, int Failed, int Skipped) Count(string run)
{
    string place = Path.Combine(folder, run);
    string[] files = Directory.Exists(place) ? Directory.GetFiles(place, "*.trx", SearchOption.AllDirectories) : [];
    XElement[] results = [.. files.SelectMany(static f => XDocument.Load(f).Descendants().Where(static e => e.Name.LocalName == "UnitTestResult"))];
    int p = 0, f = 0, s = 0;
    foreach (XElement result in results.OrderBy(static r => (string?)r.Attribute("testName"), StringComparer.Ordinal))
    {
        string name = $"{run}: {(string?)result.Attribute("testName") ?? "(no name)"}";
        switch ((string?)result.Attribute("outcome"))
        {
            case "Passed":
                p++;
                break;
            case "NotExecuted":
                s++;
                Console.WriteLine($"skipped: {name}: {Reason(result)}");
                break;
            case var outcome:
                f++;
                Console.WriteLine($"failed: {name} ({outcome})");
                break;
        }
    }

    return (p, f, s);
}

static string Numbers(int passed, int failed, int skipped, string before = "") =>
    string.Create(CultureInfo.InvariantCulture, $"{before}{passed} passed, {failed} failed, {skipped} skipped");

static string Reason(XElement result)
{
    string? said = result.Descendants().FirstOrDefault(static e => e.Name.LocalName is "Message" or "StdOut")?.Value;
    return string.IsNullOrWhiteSpace(said) ? "(no reason given)" : said.ReplaceLineEndings(" ").Trim();
}
