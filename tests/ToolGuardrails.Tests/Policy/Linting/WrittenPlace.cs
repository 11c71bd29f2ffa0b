using System.Runtime.InteropServices;
using System.Text.Json;

namespace ToolGuardrails.Tests.Policy;

/// <summary>Follows a JSON path as errors and lints write it: <c>.name</c>, <c>['name']</c> and <c>[0]</c>.</summary>
internal static class WrittenPlace
{
    /// <summary>Where the value begins in the document; throws where there is none.</summary>
    public static int Offset(JsonElement root, string path)
    {
        JsonElement at = root;
        int next = 1;
        while (next < path.Length)
        {
            int end;
            if (path[next] == '.')
            {
                end = path.IndexOfAny(['.', '['], next + 1) is var e && e < 0 ? path.Length : e;
                at = at.GetProperty(path[(next + 1)..end]);
            }
            else if (path[next + 1] == '\'')
            {
                end = path.IndexOf("']", next, StringComparison.Ordinal) + 2;
                at = at.GetProperty(path[(next + 2)..(end - 2)]);
            }
            else
            {
                end = path.IndexOf(']', next) + 1;
                at = at[int.Parse(path.AsSpan(next + 1, end - next - 2), System.Globalization.CultureInfo.InvariantCulture)];
            }

            next = end;
        }

        Assert.True(JsonMarshal.GetRawUtf8Value(root).Overlaps(JsonMarshal.GetRawUtf8Value(at), out int offset));
        return offset;
    }
}
