using System.Text;

namespace ToolGuardrails.Tests.RepositoryRules;

/// <summary>C# without its comments and literals: what the source rules look at. Code inside interpolated text stays; line breaks stay.</summary>
internal sealed class CodeText
{
    private readonly string _source;
    private readonly StringBuilder _code = new();
    private int _at;

    private CodeText(string source) => _source = source;

    public static string Strip(string source)
    {
        var text = new CodeText(source);
        text.Code(inHole: false);
        return text._code.ToString();
    }

    private char Peek(int ahead = 0) => _at + ahead < _source.Length ? _source[_at + ahead] : '\0';

    private bool Sees(string text) => string.CompareOrdinal(_source, _at, text, 0, text.Length) == 0;

    private void Code(bool inHole)
    {
        int depth = 0;
        while (_at < _source.Length)
        {
            char c = Peek();
            if (inHole && c == '}' && depth == 0)
            {
                return;
            }

            if (Sees("//") || Sees("/*"))
            {
                Comment();
            }
            else if (c == '\'')
            {
                Quoted('\'', verbatim: false, interpolated: false);
            }
            else if (c is '"' or '$' or '@' && StringAhead())
            {
                Text();
            }
            else
            {
                depth += c is '{' ? 1 : c is '}' ? -1 : 0;
                _code.Append(c);
                _at++;
            }
        }
    }

    private void Comment()
    {
        string end = Peek(1) == '/' ? "\n" : "*/";
        int found = _source.IndexOf(end, _at + 2, StringComparison.Ordinal);
        SkipTo(found < 0 ? _source.Length : end == "\n" ? found : found + 2);
    }

    private bool StringAhead()
    {
        int ahead = 0;
        while (Peek(ahead) is '$' or '@')
        {
            ahead++;
        }

        return Peek(ahead) == '"';
    }

    private void Text()
    {
        int dollars = 0;
        bool verbatim = false;
        for (; Peek() is '$' or '@'; _at++)
        {
            dollars += Peek() == '$' ? 1 : 0;
            verbatim |= Peek() == '@';
        }

        int quotes = 0;
        while (Peek(quotes) == '"')
        {
            quotes++;
        }

        if (quotes >= 3 && !verbatim)
        {
            Raw(quotes, dollars);
        }
        else
        {
            Quoted('"', verbatim, interpolated: dollars > 0);
        }
    }

    private void Quoted(char quote, bool verbatim, bool interpolated)
    {
        _code.Append(' ');
        _at++;
        while (_at < _source.Length)
        {
            char c = Peek();
            bool escaped = (c == '\\' && !verbatim) || (verbatim && c == quote && Peek(1) == quote) || (interpolated && c == '{' && Peek(1) == '{');
            if (!escaped && c == quote)
            {
                _at++;
                return;
            }

            if (!escaped && interpolated && c == '{')
            {
                Hole(braces: 1);
            }
            else
            {
                SkipTo(_at + (escaped ? 2 : 1));
            }
        }
    }

    private void Raw(int quotes, int dollars)
    {
        string end = new('"', quotes);
        string hole = new('{', Math.Max(dollars, 1));
        _code.Append(' ');
        _at += quotes;
        while (_at < _source.Length && !Sees(end))
        {
            if (dollars > 0 && Sees(hole))
            {
                Hole(dollars);
            }
            else
            {
                SkipTo(_at + 1);
            }
        }

        _at += quotes;
    }

    private void Hole(int braces)
    {
        _at += braces;
        _code.Append(' ');
        Code(inHole: true);
        _code.Append(' ');
        _at += braces;
    }

    private void SkipTo(int end)
    {
        for (; _at < end && _at < _source.Length; _at++)
        {
            if (_source[_at] == '\n')
            {
                _code.Append('\n');
            }
        }
    }
}
