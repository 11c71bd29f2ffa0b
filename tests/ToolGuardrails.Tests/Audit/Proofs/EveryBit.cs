using System.Text;

namespace ToolGuardrails.Tests.AuditProofs;

/// <summary>Flips each bit of a file in turn.</summary>
internal static class EveryBit
{
    /// <summary>Nearly every flip has to be refused; what isn't has to mean the same.</summary>
    /// <param name="file">The file.</param>
    /// <param name="isValid">Whether it verifies.</param>
    /// <param name="again">Reads it and writes it again.</param>
    public static void IsRefusedOrMeansTheSame(string file, Func<string, bool> isValid, Func<string, string> again)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(file);
        int refused = 0;
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            string text = Encoding.UTF8.GetString(bytes);
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            if (isValid(text))
            {
                Assert.Equal(file, again(text));
            }
            else
            {
                refused++;
            }
        }

        Assert.InRange(refused, bytes.Length * 8 * 99 / 100, bytes.Length * 8);
    }
}
