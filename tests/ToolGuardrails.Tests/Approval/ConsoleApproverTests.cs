namespace ToolGuardrails.Tests.Approval;

public sealed class ConsoleApproverTests
{
    private const string Prompt = "Approve? [y/N] ";

    private static readonly ApprovalRequest Request = new SampleRequest().Build();

    private static readonly ApprovalRequest Other = new SampleRequest { Tool = "refunds.cancel" }.Build();

    [Theory]
    [InlineData("y", true)]
    [InlineData("Y", true)]
    [InlineData("yes", true)]
    [InlineData("YES", true)]
    [InlineData(" yes ", true)]
    [InlineData("", false)]
    [InlineData("n", false)]
    [InlineData("yess", false)]
    [InlineData("yes please", false)]
    [InlineData("ｙ", false)]
    [InlineData("ok", false)]
    [InlineData("1", false)]
    [InlineData("true", false)]
    public async Task Only_y_and_yes_approve(string line, bool approves)
    {
        var output = new StringWriter();
        ApprovalResponse answer = await new ConsoleApprover(new StringReader(line + "\n"), output).DecideAsync(Request, CancellationToken.None);

        Assert.Equal(approves ? ApprovalResponse.ApproveUnproven() : ApprovalResponse.Reject("The person at the terminal didn't say yes."), answer);
        Assert.Equal(Request.ToText() + Prompt, output.ToString());
    }

    [Fact]
    public async Task Where_the_console_is_redirected_nobody_is_there_and_the_answer_is_not_now() =>
        Assert.Equal(ApprovalResponse.Defer(), await new ConsoleApprover { IsUnattended = static () => true }.DecideAsync(Request, CancellationToken.None));

    [Fact]
    public async Task The_end_of_the_input_rejects()
    {
        ApprovalResponse answer = await new ConsoleApprover(TextReader.Null, TextWriter.Null).DecideAsync(Request, CancellationToken.None);

        Assert.Equal(ApprovalAnswer.Reject, answer.Answer);
    }

    [Theory]
    [InlineData(ApprovalGate.PerCall, RiskTier.High)]
    [InlineData(ApprovalGate.PerCall, RiskTier.Medium)]
    [InlineData(ApprovalGate.Unspecified, RiskTier.Medium)]
    [InlineData(ApprovalGate.Review, RiskTier.High)]
    public async Task A_terminal_shows_and_rejects_what_needs_proof_without_asking(ApprovalGate gate, RiskTier tier)
    {
        ApprovalRequest request = new SampleRequest { Gate = gate, Tier = tier, Approvers = ["subject", "role:sre"] }.Build();
        var input = new StringReader("yes\n");
        var output = new StringWriter();
        ApprovalResponse answer = await new ConsoleApprover(input, output).DecideAsync(request, CancellationToken.None);

        const string Sentence = "A terminal can't prove who sits at it, so it can't approve a call of tier High.";
        Assert.Equal(ApprovalResponse.Defer(), answer);
        Assert.Equal($"{request.ToText()}{Sentence}\n", output.ToString());
        Assert.Equal("yes", await input.ReadLineAsync());
    }

    [Fact]
    public async Task A_second_request_is_shown_only_after_the_first_is_answered()
    {
        var input = new LineByLine();
        var output = new StringWriter();
        var approver = new ConsoleApprover(input, output);
        Task<ApprovalResponse> first = approver.DecideAsync(Request, CancellationToken.None).AsTask();
        Task<ApprovalResponse> second = approver.DecideAsync(Other, CancellationToken.None).AsTask();

        await input.ReadBegunAsync();
        Assert.Equal(Request.ToText() + Prompt, output.ToString());
        input.Type("n");
        Assert.Equal(ApprovalAnswer.Reject, (await first).Answer);
        await input.ReadBegunAsync();
        input.Type("y");
        Assert.Equal(ApprovalAnswer.Approve, (await second).Answer);
        Assert.Equal(Request.ToText() + Prompt + Other.ToText() + Prompt, output.ToString());
    }

    [Fact]
    public async Task A_cancelled_question_ends_although_nobody_answers()
    {
        using var cancel = new CancellationTokenSource();
        var input = new LineByLine();
        Task<ApprovalResponse> asked = new ConsoleApprover(input, TextWriter.Null).DecideAsync(Request, cancel.Token).AsTask();
        await input.ReadBegunAsync();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
    }

    [Fact]
    public async Task A_cancelled_wait_for_the_turn_shows_nothing_and_frees_the_turn()
    {
        using var cancel = new CancellationTokenSource();
        var input = new LineByLine();
        var output = new StringWriter();
        var approver = new ConsoleApprover(input, output);
        Task<ApprovalResponse> first = approver.DecideAsync(Request, CancellationToken.None).AsTask();
        Task<ApprovalResponse> second = approver.DecideAsync(Other, cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        input.Type("y");
        Assert.Equal(ApprovalAnswer.Approve, (await first).Answer);
        Assert.Equal(Request.ToText() + Prompt, output.ToString());
    }

    [Fact]
    public async Task A_line_typed_too_late_for_its_question_answers_no_other()
    {
        var input = new LineByLine();
        var output = new StringWriter();
        ConsoleApprover approver = await LapsedAsync(input, output);
        input.Type("y");
        await input.ReadEndedAsync();
        Task<ApprovalResponse> next = approver.DecideAsync(Other, CancellationToken.None).AsTask();

        await input.ReadBegunAsync();
        Assert.EndsWith(Other.ToText() + Prompt, output.ToString(), StringComparison.Ordinal);
        input.Type("n");
        Assert.Equal(ApprovalAnswer.Reject, (await next).Answer);
    }

    [Fact]
    public async Task While_a_lapsed_question_still_reads_the_next_one_waits_for_that_line_and_drops_it()
    {
        var input = new LineByLine();
        var output = new StringWriter();
        ConsoleApprover approver = await LapsedAsync(input, output);
        Task<ApprovalResponse> next = approver.DecideAsync(Other, CancellationToken.None).AsTask();

        Assert.Equal(Request.ToText() + Prompt + "\nThe last question has lapsed. Press Enter for the next one. ", output.ToString());
        input.Type("y");
        await input.ReadBegunAsync();
        Assert.EndsWith(Other.ToText() + Prompt, output.ToString(), StringComparison.Ordinal);
        input.Type("n");
        Assert.Equal(ApprovalAnswer.Reject, (await next).Answer);
    }

    private static async Task<ConsoleApprover> LapsedAsync(LineByLine input, StringWriter output)
    {
        using var cancel = new CancellationTokenSource();
        var approver = new ConsoleApprover(input, output);
        Task<ApprovalResponse> lapsed = approver.DecideAsync(Request, cancel.Token).AsTask();
        await input.ReadBegunAsync();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => lapsed);
        return approver;
    }
}
