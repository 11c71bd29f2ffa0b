using ToolGuardrails.Policy;

namespace ToolGuardrails.Tests.Policy;

public sealed class NearNamesTests
{
    [Theory]
    [InlineData("orders.get", "order.get")]
    [InlineData("orders.get", "orders_get")]
    [InlineData("orders.get", "ordersget")]
    [InlineData("order_id", "orderId")]
    [InlineData("orders.get", "0rders.get")]
    [InlineData("db.table1", "db.tablel")]
    [InlineData("invoice.pay", "invocie.pay")]
    [InlineData("invoice.pay", "invoise.pay")]
    [InlineData("pay.invoice", "pay.invoices")]
    public void Names_that_are_read_for_each_other_are_near(string a, string b)
    {
        Assert.True(NearNames.AreNear(a, b));
        Assert.True(NearNames.AreNear(b, a));
    }

    [Theory]
    [InlineData("orders.get", "orders.get")]
    [InlineData("orders.get", "orders.set")]
    [InlineData("getOrder", "setOrder")]
    [InlineData("rack.line1", "rack.line2")]
    [InlineData("rack.line1", "rack.line11")]
    [InlineData("release1.1", "release11")]
    [InlineData("log.add", "logs.add")]
    [InlineData("a", "b")]
    [InlineData("orders.get", "order.gets")]
    [InlineData("orders", "ordersab")]
    [InlineData("", "a")]
    public void Names_that_people_tell_apart_are_not(string a, string b)
    {
        Assert.False(NearNames.AreNear(a, b));
        Assert.False(NearNames.AreNear(b, a));
    }

    [Theory]
    [InlineData("order.*", "orders.get", true)]
    [InlineData("orders.*", "order.get", true)]
    [InlineData("orders.*", "orders_get", true)]
    [InlineData("warehouze*", "warehouse.read", true)]
    [InlineData("order.get", "orders.get", true)]
    [InlineData("shell.*", "shellfish", false)]
    [InlineData("db.*", "da.read", false)]
    [InlineData("order.*", "parcels.get", false)]
    [InlineData("orders.archive.*", "orders.get", false)]
    [InlineData("*", "a", false)]
    public void A_pattern_is_near_an_id_that_begins_nearly_so(string pattern, string id, bool near) =>
        Assert.Equal(near, NearNames.IsNear(new ToolPattern(pattern), id));
}
