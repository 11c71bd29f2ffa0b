using McpServerSample;
using Microsoft.Extensions.DependencyInjection;
using ModelContextProtocol.Server;
using ToolGuardrails;

if (args is ["--demo", ..])
{
    return await Demo.RunAsync(args.Length > 1 ? args[1] : Directory.CreateTempSubdirectory("orders-").FullName);
}

string folder = Path.GetFullPath(args.Length > 0 ? args[0] : "orders-audit");
var user = new Principal("os", Environment.UserName); // whoever has started the process
var services = new ServiceCollection();

// <readme>
services.AddGuardrails(policy => policy.LoadFile("guardrails.json"))
    .AddAuditLog(Path.Combine(folder, "audit"));
services.AddMcpServer().WithStdioServerTransport()
    .WithTools<Orders>().WithResources<Orders>()        // as without guardrails
    .WithGuardrails("assistant", onBehalfOf: user);     // in front of them all, wherever it stands
// </readme>

services.Configure<GuardrailOptions>(o =>
{
    o.ContentRoot = AppContext.BaseDirectory;
    o.Audit.KeyDirectory = Path.Combine(folder, "keys");
});
await using ServiceProvider provider = services.BuildServiceProvider();
await provider.GetRequiredService<McpServer>().RunAsync();
return 0;
