using ToolGuardrails;

namespace SupportDesk;

/// <summary>The tools themselves. They know nothing of guardrails but the arguments, which are exactly those that were judged.</summary>
internal sealed class DeskTools(DeskDatabase database)
{
    /// <summary>The tool of this name. A name that nobody has written a tool for still goes to the pipeline, which denies and records it.</summary>
    public Func<ToolArguments, CancellationToken, ValueTask<string>> Find(string name) => name switch
    {
        "messages.read" => ReadMessageAsync,
        "orders.list" => ListOrdersAsync,
        "customers.search" => SearchCustomersAsync,
        "customers.delete" => DeleteCustomerAsync,
        "refunds.create" => CreateRefundAsync,
        "vouchers.create" => CreateVoucherAsync,
        "mail.send" => SendMailAsync,
        "catalog.set_price" => SetPriceAsync,
        _ => (_, _) => throw new InvalidOperationException($"There is no tool '{name}'; write it, or take it out of guardrails.json."),
    };

    private async ValueTask<string> ReadMessageAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        arguments.TryGetInt64("ticket", out long ticket);
        return Lines(await database.QueryAsync("SELECT body FROM messages WHERE ticket = $ticket", cancellationToken, ("$ticket", ticket)));
    }

    private async ValueTask<string> ListOrdersAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        arguments.TryGetString("customer", out string? customer);
        return Lines(await database.QueryAsync("SELECT id, what, cents, status FROM orders WHERE customer = $customer ORDER BY id", cancellationToken, ("$customer", customer)));
    }

    private async ValueTask<string> SearchCustomersAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        arguments.TryGetString("text", out string? text);
        const string sql = """
            SELECT json_group_array(json_object('id', id, 'name', name, 'mail', mail, 'born', born, 'card', card))
            FROM (SELECT * FROM customers WHERE instr(name || ' ' || mail, $text) > 0 ORDER BY id)
            """;
        return Lines(await database.QueryAsync(sql, cancellationToken, ("$text", text))); // Every column: the policy says which of them pass.
    }

    private async ValueTask<string> DeleteCustomerAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        arguments.TryGetString("customer", out string? customer);
        return Done(await database.ExecuteAsync("DELETE FROM customers WHERE id = $customer", cancellationToken, ("$customer", customer)), "deleted");
    }

    private async ValueTask<string> CreateRefundAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        NewRefund refund = arguments.Deserialize(DeskArguments.Default.NewRefund)!;
        const string sql = """
            INSERT INTO refunds (order_id, cents, reason)
            SELECT id, $cents, $reason FROM orders WHERE id = $order AND customer = $customer AND $cents BETWEEN 1 AND cents AND $currency = 'EUR'
            """;
        int changed = await database.ExecuteAsync(
            sql, cancellationToken, ("$cents", Cents(refund.Amount)), ("$reason", refund.Reason), ("$order", refund.Order), ("$customer", refund.Customer), ("$currency", refund.Currency));
        return Done(changed, "queued");
    }

    private async ValueTask<string> CreateVoucherAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        NewVoucher voucher = arguments.Deserialize(DeskArguments.Default.NewVoucher)!;
        const string sql = "INSERT INTO vouchers (customer, cents) VALUES ($customer, $cents)";
        return Done(await database.ExecuteAsync(sql, cancellationToken, ("$customer", voucher.Customer), ("$cents", Cents(voucher.Amount))), "created");
    }

    private async ValueTask<string> SendMailAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        NewMail mail = arguments.Deserialize(DeskArguments.Default.NewMail)!;
        const string sql = "INSERT INTO outbox (recipient, subject, body) VALUES ($to, $subject, $body)";
        return Done(await database.ExecuteAsync(sql, cancellationToken, ("$to", mail.To), ("$subject", mail.Subject), ("$body", mail.Body)), "put into the outbox");
    }

    private async ValueTask<string> SetPriceAsync(ToolArguments arguments, CancellationToken cancellationToken)
    {
        NewPrice price = arguments.Deserialize(DeskArguments.Default.NewPrice)!;
        const string sql = "UPDATE production_prices SET cents = $cents WHERE sku = $sku";
        return Done(await database.ExecuteAsync(sql, cancellationToken, ("$cents", Cents(price.Price)), ("$sku", price.Sku)), "changed");
    }

    private static string Lines(IReadOnlyList<string> rows) => rows.Count == 0 ? "nothing found" : string.Join('\n', rows);

    private static string Done(int changed, string what) => changed == 0 ? "nothing changed: no such row, or the amount doesn't fit" : $"{what} ({changed} row)";

    // A fraction of a cent is refused by the database's range check, never rounded into another amount than the one approved.
    private static long Cents(decimal amount) => amount * 100 is var cents && decimal.IsInteger(cents) ? (long)cents : 0;
}
