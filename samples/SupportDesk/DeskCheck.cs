namespace SupportDesk;

/// <summary>Compares what is in the database with what was allowed, and remembers whether anything differs.</summary>
internal sealed class DeskCheck(TextWriter output)
{
    private bool _failed;

    /// <summary>Whether a person has put other arguments into a call; what it made of the refunds then isn't foreseen here.</summary>
    public bool IsEdited { get; set; }

    public int ExitCode => _failed ? 1 : 0;

    public void Holds(string sentence, bool holds)
    {
        _failed |= !holds;
        if (!holds)
        {
            output.WriteLine($"WRONG: it doesn't hold that {sentence}.");
        }
    }

    public async Task DatabaseAsync(DeskDatabase database, CallTable table, string approve)
    {
        foreach (string id in (string[])["toolu_orders", "toolu_small", "toolu_ticket", "toolu_search", "toolu_clerk"])
        {
            Holds($"the call '{id}' ran", table[id].Executed);
        }

        foreach (string id in (string[])["toolu_delete", "toolu_leak", "toolu_leak2", "toolu_voucher", "toolu_again"])
        {
            Holds($"the call '{id}' didn't run", !table[id].Executed);
        }

        foreach (string id in (string[])["toolu_large", "toolu_mail"])
        {
            Holds($"the call '{id}' ran if and only if it was approved", approve is "ask" or "pending" || table[id].Executed == (approve == "yes"));
        }

        Holds("the call 'toolu_price' ran only if somebody else has approved it", approve == "pending" || !table["toolu_price"].Executed);

        await HoldsAsync(database, "no customer is gone", "SELECT count(*) FROM customers", "3");
        if (!table["toolu_price"].Executed)
        {
            await HoldsAsync(database, "no price has changed", "SELECT group_concat(cents) FROM (SELECT cents FROM production_prices ORDER BY sku)", "24000,3890");
        }

        await HoldsAsync(database, "there is no voucher", "SELECT count(*) FROM vouchers", "0");
        await HoldsAsync(database, "no mail leaves the house", "SELECT count(*) FROM outbox WHERE recipient NOT LIKE '%@customer.example'", "0");
        await HoldsAsync(database, "the mail to the customer is there if it was approved", "SELECT count(*) FROM outbox", table["toolu_mail"].Executed ? "1" : "0");
        if (!IsEdited)
        {
            await HoldsAsync(
                database, "the refunds are those that were allowed", "SELECT group_concat(cents) FROM (SELECT cents FROM refunds ORDER BY cents)",
                table["toolu_large"].Executed ? "490,490,500,24000" : "490,490,500");
        }
    }

    private async Task HoldsAsync(DeskDatabase database, string sentence, string query, string expected) =>
        Holds(sentence, (await database.QueryAsync(query, default)).Single() == expected);
}
