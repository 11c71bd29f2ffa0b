using System.Text;
using System.Text.Json;

namespace ToolGuardrails.Benchmarks.Summary;

/// <summary>The least that anybody can do with UTF-8 arguments: to read every token of them.</summary>
internal static class JsonWalk
{
    public static Work Of(byte[] json) => new(count =>
    {
        int tokens = 0;
        for (int i = 0; i < count; i++)
        {
            var reader = new Utf8JsonReader(json);
            while (reader.Read())
            {
                tokens++;
            }
        }

        GC.KeepAlive(tokens);
    });

    /// <summary>Arguments of about this many bytes: the order's, and a list of lines.</summary>
    public static byte[] Arguments(int bytes)
    {
        var json = new StringBuilder("""{"id":4711,"region":"north","link":"https://shop.example/orders/4711" """.TrimEnd());
        json.Append(",\"lines\":[");
        for (int i = 0; json.Length < bytes - 40; i++)
        {
            json.Append(System.Globalization.CultureInfo.InvariantCulture, $"{(i == 0 ? "" : ",")}{{\"sku\":\"A-{i:0000}\",\"count\":{i % 7},\"gift\":false}}");
        }

        return Encoding.UTF8.GetBytes(json.Append("]}").ToString());
    }
}
