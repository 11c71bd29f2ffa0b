using System.Collections.Frozen;

namespace ToolGuardrails.ModelContextProtocol.Inventory;

/// <summary>Which words stand for which access. A word that is missing here costs a question too many: what nothing is known of is proposed to write.</summary>
internal static class EffectWords
{
    private static readonly FrozenDictionary<string, ToolAccess> Effects = Table(
        (ToolAccess.Delete, """
            delete remove destroy drop purge erase clear cancel revoke uninstall terminate kill close wipe truncate unlink discard flush expire deactivate deprovision detach evict prune rm unfriend unfollow unpublish unshare disconnect reset stop drain
            """),
        (ToolAccess.Execute, "execute exec run eval evaluate invoke shell bash terminal python deploy trigger launch spawn interact simulate"),
        (ToolAccess.Send, """
            send reply respond forward post publish share invite transfer pay tweet retweet notify withdraw dispatch sms broadcast submit buy purchase sell refund deposit donate remit announce
            """),
        (ToolAccess.Write, """
            write create add update set edit modify move insert put upload append rename upsert assign grant enable disable exchange save register apply patch push import restore rotate restart resume suspend pause activate approve deny reject accept
            confirm dismiss lock unlock mark archive unarchive replace fill click press drag hover navigate toggle schedule reschedule reserve sync attach connect configure install init initialize generate make build provision allocate migrate convert
            transform resize stash rebase subscribe unsubscribe follow unblock mute unmute join leave freeze unfreeze reseat refuel reboot manage optimize adjust compose annotate finish resolve reopen pin unpin unstar login logout
            sign authenticate authorize claim redeem renew extend upgrade downgrade swap unload emulate throttle define declare adopt promote demote remember forget learn
            """));

    // Words that are names of things as well, such as the order in get_order.
    private static readonly FrozenDictionary<string, ToolAccess> Ambiguous = Table(
        (ToolAccess.Execute, "call command script control job task"),
        (ToolAccess.Send, "email mail charge wire checkout bid trade stake message dial text report alert request ask refer contact"),
        (ToolAccess.Write, """
            book place return change merge release draft increase decrease export copy commit start open tag label type select order log store link scale fork clone checkpoint stage pull record like block file handle process turn comment complete vote rate review star wait sleep switch load seed bulk
            """));

    private static readonly FrozenSet<string> Reads = Words("""
        get list search read find fetch query view describe show check lookup count calculate compute compare analyze analyse retrieve inspect status ls cat head tail info diff history browse print summarize explain preview
        """);

    private static readonly FrozenSet<string> Secrets = Words("env environ environment secret secrets password passwords passwd credential credentials token tokens apikey keychain vault keyvault otp pin cvv ssn");

    private static readonly FrozenSet<string> Places = Words("url urls uri uris webhook endpoint link links domain website webpage site href");

    private static readonly FrozenSet<string> Programs = Words("sql script command commands cmd javascript cypher shell expression statement statements function");

    /// <summary>The effect that a word of a name stands for; <see cref="ToolAccess.None"/> for none.</summary>
    /// <param name="word">The word.</param>
    /// <param name="isBesideRead">Whether another word of the name reads: what may be a thing is then one.</param>
    public static ToolAccess EffectOf(string word, bool isBesideRead) => Effects.GetValueOrDefault(word) is not ToolAccess.None and var effect ? effect : isBesideRead ? ToolAccess.None : Ambiguous.GetValueOrDefault(word);

    /// <summary>The same for the word that a sentence begins with, which is a verb and may stand in the third person: <c>sends</c>, <c>publishes</c>, <c>replies</c>. That a tool returns something says nothing.</summary>
    public static ToolAccess EffectOfVerb(string word) =>
        word is "return" or "returns" ? ToolAccess.None : Stems(word).Select(static w => EffectOf(w, isBesideRead: false)).FirstOrDefault(static e => e != ToolAccess.None);

    /// <summary>Whether a word says that something is read.</summary>
    public static bool IsRead(string word) => Stems(word).Any(Reads.Contains);

    /// <summary>Whether what is read may let others in.</summary>
    public static bool IsSecret(string word) => Secrets.Contains(word);

    /// <summary>Whether an argument says to what address something goes.</summary>
    public static bool IsPlace(string word) => Places.Contains(word);

    /// <summary>Whether an argument is a program.</summary>
    public static bool IsProgram(string word) => Programs.Contains(word);

    private static IEnumerable<string> Stems(string word)
    {
        yield return word;
        foreach ((string ending, string instead) in ((string, string)[])[("ies", "y"), ("es", ""), ("s", "")])
        {
            if (word.EndsWith(ending, StringComparison.Ordinal))
            {
                yield return word[..^ending.Length] + instead;
            }
        }
    }

    // The first that names a word keeps it: the lists begin with what can do the most harm.
    private static FrozenDictionary<string, ToolAccess> Table(params ReadOnlySpan<(ToolAccess Access, string Words)> rows)
    {
        var table = new Dictionary<string, ToolAccess>(StringComparer.Ordinal);
        foreach ((ToolAccess access, string words) in rows)
        {
            foreach (string word in Split(words))
            {
                table.TryAdd(word, access);
            }
        }

        return table.ToFrozenDictionary(StringComparer.Ordinal);
    }

    private static FrozenSet<string> Words(string words) => Split(words).ToFrozenSet(StringComparer.Ordinal);

    private static string[] Split(string words) => words.Split([' ', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries);
}
