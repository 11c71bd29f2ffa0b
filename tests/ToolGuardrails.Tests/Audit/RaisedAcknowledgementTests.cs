using Microsoft.Extensions.Options;

namespace ToolGuardrails.Tests.Audit;

public sealed class RaisedAcknowledgementTests
{
    [Fact]
    public async Task A_level_that_the_host_raised_is_what_a_call_waits_for()
    {
        var sink = new SwitchSink();
        await using GovernedHost host = GovernedHost.Start(Policies.Clerk, o =>
        {
            o.Sinks.Add(new AuditSinkRegistration(sink));
            o.Audit.Low = AuditAcknowledgement.Sealed;
        }, ownSinkOnly: false);
        await host.Session().InvokeSynchronousAsync("notes.any", ToolArguments.Empty, static _ => 1);
        Assert.Contains(AuditAcknowledgement.Sealed, sink.Levels);
    }

    [Theory]
    [InlineData(AuditAcknowledgement.Unspecified, AuditAcknowledgement.Written, AuditAcknowledgement.Durable)]
    [InlineData(AuditAcknowledgement.Queued, AuditAcknowledgement.Queued, AuditAcknowledgement.Durable)]
    [InlineData(AuditAcknowledgement.Queued, AuditAcknowledgement.Written, AuditAcknowledgement.Written)]
    [InlineData(AuditAcknowledgement.Queued, AuditAcknowledgement.Written, (AuditAcknowledgement)5)]
    public void A_level_below_the_least_is_refused(AuditAcknowledgement low, AuditAcknowledgement medium, AuditAcknowledgement high)
    {
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => GovernedHost.Start(Policies.Clerk, o => (o.Audit.Low, o.Audit.Medium, o.Audit.High) = (low, medium, high)));
        Assert.Contains("can be raised and not lowered", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_raised_level_needs_a_sink_that_gives_it()
    {
        OptionsValidationException refused = Assert.Throws<OptionsValidationException>(() => GovernedHost.Start(Policies.Clerk, static o =>
        {
            o.Sinks.Add(new AuditSinkRegistration(new InMemoryAuditSink(AuditAcknowledgement.Durable)));
            o.Audit.High = AuditAcknowledgement.Sealed;
        }, ownSinkOnly: false));
        Assert.Contains("The policy needs records to be Sealed", refused.Message, StringComparison.Ordinal);
    }
}
